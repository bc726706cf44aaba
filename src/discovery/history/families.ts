import { BLOB, type PackEntries } from './pack-entries.js';

/** In which order the blobs of a pack are resolved: family after family, a base before its deltas. Shared by threads. */
export interface FamilyPlan {
  /** Entries, each once: those wanted and the bases they need. */
  readonly order: Uint32Array;
  /** How many entries of `order` are deltas against this one, by entry: at its last one a base is let go. */
  readonly children: Uint32Array;
  /** 1 for what is to be scanned, by entry; the others of `order` are resolved only. */
  readonly wanted: Uint8Array;
  /** Where in `order` a task begins, and at last its end: whole families, of about the same work. */
  readonly tasks: Uint32Array;
}

/** What an entry costs beside its packed bytes, in such bytes. */
const ENTRY_COST_BYTES = 200;

/**
 * Orders the wanted blobs of a pack by families: a chain's root, and all that builds on it, ascending by offset unless a base
 * lies behind its delta. In pack order a served pack would keep most bases alive, or resolve them time and again.
 *
 * @param wanted 1 for what is to be scanned, by entry; of other types than blobs it means nothing
 * @param taskCount into how many tasks the work is cut, at most
 */
export function planFamilies(entries: PackEntries, wanted: Uint8Array, taskCount: number): FamilyPlan {
  const { count, parents, types } = entries;
  const children = new Uint32Array(new SharedArrayBuffer(count * 4));
  const shared = new Uint8Array(new SharedArrayBuffer(count));
  const needed = new Uint8Array(count);
  let total = 0;
  for (let entry = 0; entry < count; entry++) {
    if (wanted[entry] === 0 || types[entry] !== BLOB) continue;
    shared[entry] = 1;
    for (let at = entry; at >= 0 && needed[at] === 0; at = parents[at]!) {
      needed[at] = 1;
      total++;
      if (parents[at]! >= 0) children[parents[at]!]! += 1;
    }
  }
  const roots = rootsOf(parents, needed);
  const starts = new Uint32Array(count + 1);
  for (let entry = 0; entry < count; entry++) if (needed[entry] === 1) starts[roots[entry]! + 1]! += 1;
  for (let entry = 0; entry < count; entry++) starts[entry + 1]! += starts[entry]!;
  const order = new Uint32Array(new SharedArrayBuffer(total * 4));
  const path: number[] = [];
  for (let entry = 0; entry < count; entry++) {
    // Placed is what is no longer needed: a base that lies behind its delta is placed before it.
    for (let at = entry; at >= 0 && needed[at] === 1; at = parents[at]!) {
      needed[at] = 0;
      path.push(at);
    }
    while (path.length > 0) order[starts[roots[entry]!]!++] = path.pop()!;
  }
  return { order, children, wanted: shared, tasks: cut(entries, roots, order, taskCount) };
}

function rootsOf(parents: Int32Array, needed: Uint8Array): Uint32Array {
  const NONE = 0xffffffff;
  const roots = new Uint32Array(parents.length).fill(NONE);
  const path: number[] = [];
  for (let entry = 0; entry < parents.length; entry++) {
    if (needed[entry] === 0) continue;
    let at = entry;
    for (; roots[at] === NONE && parents[at]! >= 0; at = parents[at]!) path.push(at);
    const root = roots[at] === NONE ? at : roots[at]!;
    roots[at] = root;
    while (path.length > 0) roots[path.pop()!] = root;
  }
  return roots;
}

function cut({ offsets }: PackEntries, roots: Uint32Array, order: Uint32Array, taskCount: number): Uint32Array {
  const costOf = (entry: number) => offsets[entry + 1]! - offsets[entry]! + ENTRY_COST_BYTES;
  const whole = order.reduce((sum, entry) => sum + costOf(entry), 0);
  const starts = [0];
  let cost = 0;
  for (let index = 0; index < order.length; index++) {
    const entry = order[index]!;
    if (cost >= whole / taskCount && roots[entry] !== roots[order[index - 1]!]) {
      starts.push(index);
      cost = 0;
    }
    cost += costOf(entry);
  }
  const tasks = new Uint32Array(new SharedArrayBuffer((starts.length + 1) * 4));
  tasks.set([...starts, order.length]);
  return tasks;
}
