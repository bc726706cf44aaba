/**
 * What `npm test` does: the build and formatting, and then the tests, which its words say how to run; beside both types and lint
 * of everything. Without words it only checks. Says how long each took, and in the end what those that failed found; ends with 1
 * when one did.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const tests = process.argv.slice(2);
const complaints = [];

// Types too, of every project: see .oxlintrc.json.
const linted = check('types and lint', 'oxlint');
const ready =
  (await check('build', 'npm', 'run', '--silent', 'build')) && (await check('formatting', 'oxfmt', '--check'));
// Tests that start processes need not build again (build.ts).
if (ready) writeFileSync(path.join(import.meta.dirname, '../../dist/.built'), new Date().toISOString());
const tested = ready && (tests.length === 0 || (await passes(spawn(tests[0], tests.slice(1), { stdio: 'inherit' }))));
if (!(await linted) || !tested) process.exitCode = 1;
process.stdout.write(complaints.join(''));

/** What it finds is told in the end: the tests write meanwhile. */
async function check(name, program, ...args) {
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (written += text));
  const passed = await passes(child);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${passed ? '✓' : '✗'} ${name} (${seconds} s)\n`);
  if (!passed) complaints.push(`\n✗ ${name}\n${written}\n`);
  return passed;
}

async function passes(child) {
  const [code] = await once(child, 'close');
  return code === 0;
}
