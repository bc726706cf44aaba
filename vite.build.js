import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Builds the console into `dist/console`, in one step for whoever reads it; does nothing where it is built already. */
const HERE = import.meta.dirname;
const BUILT = path.join(HERE, 'dist', 'console');
const MARK = path.join(BUILT, '.built-from');

function digestOfSources() {
  const app = path.join(HERE, 'src/console/app');
  const sources = readdirSync(app, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of [
    ...sources,
    ...['vite.config.ts', 'package-lock.json'].map((name) => path.join(HERE, name)),
  ].sort())
    hash.update(`${path.relative(HERE, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

const digest = digestOfSources();
if (!existsSync(MARK) || readFileSync(MARK, 'utf8') !== digest) {
  // Tests have another one, with which React would build what it builds for its developers.
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  const made = `${BUILT}-${process.pid}`;
  await build({ configFile: path.join(HERE, 'vite.config.ts'), logLevel: 'warn', build: { outDir: made } });
  writeFileSync(path.join(made, '.built-from'), digest);
  const former = `${made}-former`;
  if (existsSync(BUILT)) renameSync(BUILT, former);
  renameSync(made, BUILT);
  rmSync(former, { recursive: true, force: true });
}
