import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const HERE = import.meta.dirname;
const SOURCES = path.join(HERE, 'src/discovery/wasm');
const OUT = path.join(HERE, 'dist/wasm');
const MARK = path.join(OUT, '.built-from');

/**
 * Compiles the scanner's inner loops (`src/discovery/wasm`, AssemblyScript) to `dist/wasm/scanner.wasm`. Does nothing where
 * it is that already. The tests run it too, for they load the sources beside it.
 *
 * @throws Error with what the compiler says
 */
export async function buildWasm() {
  const wanted = digest();
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === wanted) return;
  const { default: asc } = await import('assemblyscript/asc');
  mkdirSync(OUT, { recursive: true });
  const made = `scanner-${process.pid}.wasm`;
  const { error, stderr } = await asc.main(
    [
      ...['module.ts', '--baseDir', SOURCES, '--outFile', path.join(OUT, made)],
      // Nothing is allocated in the module, and nothing thrown: memory and bounds are its caller's.
      ...['--runtime', 'stub', '--use', 'abort=', '--noAssert', '-O3', '--enable', 'simd,bulk-memory'],
    ],
    {},
  );
  if (error) throw new Error(`The scanner's WebAssembly module does not compile:\n${stderr.toString()}`);
  renameSync(path.join(OUT, made), path.join(OUT, 'scanner.wasm'));
  writeFileSync(`${MARK}-${process.pid}`, wanted);
  renameSync(`${MARK}-${process.pid}`, MARK);
}

function digest() {
  const hash = createHash('sha256');
  const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.ts'));
  for (const file of [...sources.sort().map((name) => path.join(SOURCES, name)), import.meta.filename])
    hash.update(`${path.relative(HERE, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/** Writes down what follows from the compiled rules, `dist/wasm/rules.plan`: to find that out takes longer than a small scan. */
async function buildPlan() {
  const { PLAN_FILE, writtenPlan } = await import('./dist/src/discovery/scan/built-in-rules.js');
  const made = path.join(OUT, `rules-${process.pid}.plan`);
  writeFileSync(made, writtenPlan());
  renameSync(made, path.join(OUT, PLAN_FILE));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildWasm();
  await buildPlan();
}
