import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Lets the packed scan work a little, on a folder made for it, and the command say what it can do, and writes beside their files what
 * V8 has made of them by then (`src/cli/packed.cjs`). Run by `rolldown.build.js` as a process of its own, with the bundle's folder.
 */
const bundle = path.resolve(process.argv[2]);
const program = createRequire(import.meta.url)(path.join(bundle, 'program.cjs'));
const { RULES } = await import('./dist/src/discovery/rules/index.js');

/** One of each, by the rules' own grammars: they are nobody's, and leave this folder with it. */
function examples() {
  let seed = 1;
  const chance = () => (seed = (seed * 48_271) % 0x7fffffff) / 0x7fffffff;
  return RULES.map(
    ({ shape }) => `${shape.at === 'assigned' ? `${shape.names[0]} = ` : ''}${shape.grammar.make(chance)}`,
  );
}

/** YAML of a known structure, so that its parser is loaded, too. */
const MANIFEST = 'kind: Secret\nmetadata: { name: example }\nstringData:\n  key: |\n    not one\n  other: "none"\n';

const folder = mkdtempSync(path.join(tmpdir(), 'muster-build-'));
const git = (...words) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=build', '-c', 'user.email=build@localhost', ...words], {
    stdio: 'ignore',
  });
const write = process.stdout.write.bind(process.stdout);
const exit = process.exit.bind(process);

/** It ends the process when it has said so: not this one, in which it goes on, and finds things wrong. */
function commandHelp() {
  process.stderr.write = () => true;
  process.argv = [process.execPath, 'muster', '--help'];
  process.exit = () => undefined;
  program.load('muster-chunks/muster.cjs');
}

try {
  mkdirSync(path.join(folder, 'src'));
  for (const [index, text] of examples().entries())
    writeFileSync(path.join(folder, 'src', `${index}.txt`), `${text}\n`);
  writeFileSync(path.join(folder, 'src', 'manifest.yaml'), MANIFEST);
  process.stdout.write = () => true;
  const { command } = program.load('scan-chunks/scan.cjs');
  const scan = (...words) => command.parseAsync(['node', 'muster', 'scan', folder, '--no-progress', ...words]);
  await scan();
  await scan('--format', 'jsonl');
  try {
    git('init', '-q');
    git('add', '.');
    await scan('--staged');
    git('commit', '-q', '-m', 'all');
    await scan('--history', '--no-cache');
  } catch {
    // Where the build has no git, its part is compiled when it is used.
  }
  commandHelp();
  for (const [file, data] of program.made()) writeFileSync(file, data);
} finally {
  process.stdout.write = write;
  process.exit = exit;
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
