/**
 * What `npm test` does before it runs a test: types and lint of everything, beside the build and formatting. Says how long
 * each took, and what those that failed found; ends with 1 when one did.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const CHECKS = [
  // Types too, of every project: see .oxlintrc.json.
  { 'types and lint': ['oxlint'] },
  { build: ['npm', 'run', '--silent', 'build'], formatting: ['oxfmt', '--check'] },
];

const passed = (await Promise.all(CHECKS.map(inTurn))).flat();
if (!passed.every(Boolean)) process.exitCode = 1;
// Tests that start processes need not build again (build.ts).
else writeFileSync(path.join(import.meta.dirname, '../../dist/.built'), new Date().toISOString());

async function inTurn(checks) {
  const passed = [];
  for (const [name, command] of Object.entries(checks)) passed.push(await run(name, command));
  return passed;
}

async function run(name, [program, ...args]) {
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (written += text));
  const [code] = await once(child, 'close');
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(code === 0 ? `✓ ${name} (${seconds} s)\n` : `✗ ${name} (${seconds} s)\n${written}\n`);
  return code === 0;
}
