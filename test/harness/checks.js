/**
 * What `npm test` does before it runs a test: types and lint, formatting, and the build, beside one another. Says how long
 * each took, and what those that failed found; ends with 1 when one did.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const CHECKS = {
  'types and lint': ['node', path.join(import.meta.dirname, 'types-and-lint.js')],
  // Not by npx, whose --no takes --check for itself: then nothing is checked.
  formatting: ['node', path.join(import.meta.dirname, '../../node_modules/prettier/bin/prettier.cjs'), '--check', '.'],
  build: ['npm', 'run', '--silent', 'build'],
};

const passed = await Promise.all(Object.entries(CHECKS).map(([name, command]) => run(name, command)));
if (!passed.every(Boolean)) process.exitCode = 1;
// Tests that start processes need not build again (build.ts).
else writeFileSync(path.join(import.meta.dirname, '../../dist/.built'), new Date().toISOString());

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
