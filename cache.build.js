import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';

/**
 * Lets packed programs work a little and writes beside their files what V8 has made of them by then (`src/cli/packed.cjs`): the scan, on
 * a folder made for it and its history, and the command, which says what it can do; or the service, as far as it works without a
 * database: it is loaded. Run by `rolldown.build.js` as processes of their own, with the bundle's folder and `commands` or `service`.
 */
const bundle = path.resolve(process.argv[2]);
// What has not run for a while is thrown away otherwise. It is taken back at the end: data is taken with the same flags alone.
setFlagsFromString('--no-flush-bytecode');
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

const privateKey = (type, options) =>
  generateKeyPairSync(type, { ...options, privateKeyEncoding: { format: 'pem', type: 'pkcs8' } }).privateKey;

/** What has a structure of its own, YAML and keys, so that what reads them is loaded, too. */
const STRUCTURED = {
  'manifest.yaml':
    'kind: Secret\nmetadata: { name: example }\ndata: { a: bm90IG9uZQ== }\nstringData:\n  key: |\n    not one\n  other: "none"\n',
  'docker-compose.yaml': 'services:\n  one:\n    image: none\n    environment: [A=b]\n    ports: ["1:1"]\n',
  '.github/workflows/a.yml': 'on: push\nenv:\n  PASSWORD: none\njobs: { a: { steps: [{ run: "true" }] } }\n',
  '.env': 'A_PASSWORD=none\n',
  'ec.pem': privateKey('ec', { namedCurve: 'P-256' }),
  'rsa.pem': privateKey('rsa', { modulusLength: 2048 }),
};

/** A version of a file: of two, git keeps the difference alone. */
function versionOf(text, number) {
  const line = (index) =>
    `line ${index} is like the others: the password = none of version ${number}, at ${index * number}\n`;
  return `${line(1)}${'as ever\n'.repeat(20)}${text}\n${line(2)}`;
}

const folder = mkdtempSync(path.join(tmpdir(), 'muster-build-'));
const git = (...words) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=build', '-c', 'user.email=build@localhost', ...words], {
    stdio: 'ignore',
  });
const print = process.stdout.write.bind(process.stdout);
const exit = process.exit.bind(process);

/** It ends the process when it has said so: not this one, in which it goes on, and finds things wrong. */
function commandHelp() {
  process.stderr.write = () => true;
  process.argv = [process.execPath, 'muster', '--help'];
  process.exit = () => undefined;
  program.load('muster-chunks/muster.cjs');
}

function writeVersion(number) {
  for (const [index, text] of examples().entries()) write(`src/${index}.txt`, versionOf(text, number));
  for (const [name, text] of Object.entries(STRUCTURED)) write(name, `${text}${'#\n'.repeat(number)}`);
}

function write(name, text) {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

/** What its entries load: they themselves begin to work when they are. */
function loadService() {
  const chunks = readdirSync(path.join(bundle, 'service-chunks')).filter((name) => name.endsWith('.cjs'));
  const isEntry = (name) => existsSync(path.join(bundle, name));
  for (const name of chunks.filter((chunk) => !isEntry(chunk))) program.load(`service-chunks/${name}`);
}

async function letCommandsWork() {
  program.hurry();
  writeVersion(1);
  process.stdout.write = () => true;
  program.load('scan-chunks/early-thread.cjs').startEarly(['--history', folder], process.env);
  const { command } = program.load('scan-chunks/scan.cjs');
  const scan = (...words) => command.parseAsync(['node', 'muster', 'scan', folder, '--no-progress', ...words]);
  await scan();
  await scan('--format', 'jsonl');
  try {
    git('init', '-q');
    git('add', '.');
    await scan('--staged');
    git('commit', '-q', '-m', 'all');
    writeVersion(2);
    git('commit', '-q', '-a', '-m', 'changed');
    // Some lie in a pack, some loose, as in most repositories.
    git('repack', '-q', '-a', '-d');
    writeVersion(3);
    git('commit', '-q', '-a', '-m', 'changed again');
    await scan('--history', '--no-cache');
  } catch {
    // Where the build has no git, its part is compiled when it is used.
  }
  commandHelp();
}

try {
  if (process.argv[3] === 'service') loadService();
  else await letCommandsWork();
  setFlagsFromString('--flush-bytecode');
  for (const [file, data] of program.made()) writeFileSync(file, data);
} finally {
  process.stdout.write = print;
  process.exit = exit;
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
