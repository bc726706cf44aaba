import type { Finding } from '../domain/finding.js';
import { identityOf } from './identity.js';
import { nextStep } from './next-step.js';
import { counts, type Report } from './report.js';

const MOST_PLACES = 20;

/** A test case for each secret: one that counts has failed, one that does not was skipped. */
export const junit: Report = (findings, _, { seconds, at }) => {
  const failures = findings.filter(counts).length;
  const suite = {
    name: 'muster scan',
    tests: findings.length,
    failures,
    errors: 0,
    skipped: findings.length - failures,
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite${attributes({ ...suite, time: seconds.toFixed(3), timestamp: at.slice(0, 19) })}>`,
    ...findings.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};

function testCase(finding: Finding): string {
  const { rule, name, band, locations, fingerprint, suppressed } = finding;
  const path = locations[0]?.path ?? '';
  const outcome = counts(finding)
    ? `<failure${attributes({ message: name, type: rule })}>${escaped(wordsOf(finding))}</failure>`
    : `<skipped${attributes({ message: suppressed ? `left alone by ${suppressed.by}` : `confidence: ${band}` })}/>`;
  const named = { classname: path, name: `${rule} ${fingerprint.slice(0, 12)}`, file: path };
  return `    <testcase${attributes(named)}>${outcome}</testcase>`;
}

function wordsOf(finding: Finding): string {
  const { because, locations } = finding;
  const places = locations
    .slice(0, MOST_PLACES)
    .map(({ path, line }) => `at ${path}${line === null ? '' : `:${line}`}`);
  const identity = identityOf(finding);
  return [...(identity === null ? [] : [identity]), ...places, because.join(' '), nextStep(finding)].join('\n');
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('\n', ' ')}"`)
    .join('');
}

/** XML 1.0 §2.2: what no document may hold, in whatever form. */
const NO_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(NO_CHARACTER, '\uFFFD')
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
}
