#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// The scan is a program of its own: it runs in hooks, where every tenth of a second is waited for. One that asks Muster is not.
const asks = process.argv.some((word) => word.startsWith('--registry'));
const [bundled, compiled] = process.argv[2] === 'scan' && !asks ? ['scan.cjs', 'scan-main'] : ['muster.js', 'main'];
const programs = [`../dist/bundle/${bundled}`, `../dist/src/cli/${compiled}.js`];
const cli = programs.map((path) => new URL(path, import.meta.url)).find((program) => existsSync(program));
if (cli?.pathname.endsWith('.cjs')) {
  createRequire(import.meta.url)(fileURLToPath(cli));
} else if (cli) {
  await import(cli.href);
} else {
  process.stderr.write('muster is not built yet. Run: npm run build\n');
  process.exitCode = 1;
}
