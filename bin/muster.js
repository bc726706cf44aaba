#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

// The scan is a program of its own: it runs in hooks, where every tenth of a second is waited for. One that asks Muster is not.
const asks = process.argv.some((word) => word.startsWith('--registry'));
const [packed, compiled] =
  process.argv[2] === 'scan' && !asks ? ['scan-chunks/scan.cjs', 'scan-main'] : ['muster-chunks/muster.cjs', 'main'];
const [bundle, program] = [`../dist/bundle/${packed}`, `../dist/src/cli/${compiled}.js`];
const isThere = (file) => existsSync(new URL(file, import.meta.url));
if (isThere(bundle)) {
  createRequire(import.meta.url)('../dist/bundle/program.cjs').load(packed);
} else if (isThere(program)) {
  await import(program);
} else {
  process.stderr.write('muster is not built yet. Run: npm run build\n');
  process.exitCode = 1;
}
