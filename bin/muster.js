#!/usr/bin/env node
import { existsSync } from 'node:fs';

const programs = ['../dist/bundle/muster.js', '../dist/src/cli/main.js'].map((path) => new URL(path, import.meta.url));
const cli = programs.find((program) => existsSync(program));
if (cli) {
  await import(cli.href);
} else {
  process.stderr.write('muster is not built yet. Run: npm run build\n');
  process.exitCode = 1;
}
