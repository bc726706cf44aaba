#!/usr/bin/env node
// Loaded by `require`: to load a module takes a tenth of what a scan of a few files takes.
const { existsSync } = require('node:fs');
const path = require('node:path');

// The scan is a program of its own: it runs in hooks, where every tenth of a second is waited for. One that asks Muster is not.
const asks = process.argv.some((word) => word.startsWith('--registry'));
const [packed, compiled] =
  process.argv[2] === 'scan' && !asks ? ['scan-chunks/scan.cjs', 'scan-main'] : ['muster-chunks/muster.cjs', 'main'];
const bundle = path.join(__dirname, '../dist/bundle');
const program = path.join(__dirname, `../dist/src/cli/${compiled}.js`);
if (existsSync(path.join(bundle, packed))) {
  const { hurry, load } = require(path.join(bundle, 'program.cjs'));
  hurry();
  if (packed.startsWith('scan')) load('scan-chunks/early-thread.cjs').startEarly(process.argv.slice(3), process.env);
  load(packed);
} else if (existsSync(program)) {
  void import(`../dist/src/cli/${compiled}.js`);
} else {
  process.stderr.write('muster is not built yet. Run: npm run build\n');
  process.exitCode = 1;
}
