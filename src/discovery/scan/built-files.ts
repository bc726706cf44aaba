import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Beside the bundle, its chunks, the compiled sources, or the sources themselves. */
const PLACES = ['../wasm', '../../wasm', '../../../wasm', '../../../dist/wasm'];

/** A file that the build makes for the scanner; undefined where there is none. */
export function builtFile(name: string): Buffer | undefined {
  const file = PLACES.map((place) => path.join(import.meta.dirname, place, name)).find(existsSync);
  return file === undefined ? undefined : readFileSync(file);
}
