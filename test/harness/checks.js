/**
 * What `npm test` does before it runs a test: the build, types and lint of the service and of its console, and formatting.
 * The first, which takes half of it all, beside the others one after another. Says how long each took, and what those that
 * failed found; ends with 1 when one did.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const TYPES_AND_LINT = path.join(import.meta.dirname, 'types-and-lint.js');
const PRETTIER = path.join(import.meta.dirname, '../../node_modules/prettier/bin/prettier.cjs');

const CHECKS = [
  { 'types and lint': ['node', TYPES_AND_LINT, 'tsconfig.json'] },
  {
    build: ['npm', 'run', '--silent', 'build'],
    // Not by npx, whose --no takes --check for itself: then nothing is checked.
    formatting: ['node', PRETTIER, '--check', '.'],
    'types and lint of the console': ['node', TYPES_AND_LINT, 'src/console/app/tsconfig.json'],
  },
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
