import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readdirOrNone } from './object-store.js';
import { readSmall, type Repository } from './repository.js';
import { digestOf } from './state-file.js';

const MOST_DEPTH = 32;
const MOST_PACKED_BYTES = 256 * 1024 * 1024;

/** A digest of what all refs point to: the same before and after they are packed. */
export function digestOfRefs({ commonDirectory, gitDirectory }: Repository): string {
  const refs = new Map<string, string>();
  for (const line of packedRefs(path.join(commonDirectory, 'packed-refs'))) {
    const blank = line.indexOf(' ');
    if (blank > 0 && !line.startsWith('#')) refs.set(line.slice(blank + 1), line.slice(0, blank));
  }
  addLoose(path.join(commonDirectory, 'refs'), 'refs', refs, 0);
  const tables = readdirOrNone(path.join(commonDirectory, 'reftable'));
  const heads = [commonDirectory, gitDirectory].map((folder) => readSmall(path.join(folder, 'HEAD')) ?? '');
  const shallow = readSmall(path.join(commonDirectory, 'shallow')) ?? '';
  const named = [...refs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, target]) => `${name} ${target}`);
  return digestOf(...heads, shallow, ...tables, ...named);
}

function packedRefs(file: string): readonly string[] {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats?.isFile() && stats.size <= MOST_PACKED_BYTES ? readFileSync(file, 'latin1').split('\n') : [];
}

function addLoose(folder: string, name: string, refs: Map<string, string>, depth: number): void {
  if (depth > MOST_DEPTH) return;
  for (const entry of readdirOrNone(folder)) {
    const inner = path.join(folder, entry);
    const stats = lstatSync(inner, { throwIfNoEntry: false });
    if (stats?.isDirectory()) addLoose(inner, `${name}/${entry}`, refs, depth + 1);
    else if (stats?.isFile()) refs.set(`${name}/${entry}`, (readSmall(inner) ?? '').trim());
  }
}
