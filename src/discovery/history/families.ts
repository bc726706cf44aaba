import type { Engine } from '../scan/engine.js';
import type { PackEntries } from './pack-entries.js';
import { PlanRoom } from './plan-room.js';

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

/**
 * Orders the blobs of a pack that are new by families: a chain's root, and all that builds on it, ascending by offset unless a base
 * lies behind its delta. In pack order a served pack would keep most bases alive, or resolve them time and again.
 *
 * @param engine whose inner loops and memory are borrowed
 * @param isNew 1 for what is to be scanned, by rank
 * @param taskCount into how many tasks the work is cut, at most
 * @returns null where no blob is new
 */
export function planFamilies(
  engine: Engine,
  entries: PackEntries,
  isNew: Uint8Array,
  taskCount: number,
): FamilyPlan | null {
  return PlanRoom.borrow(engine, (room) => {
    const { exports } = room;
    const { count } = entries;
    const parents = room.put(entries.parents);
    const wanted = room.noughts(count);
    const blobs = PlanRoom.borrow(engine, () =>
      exports.wantBlobs(count, room.put(entries.types), room.put(entries.ranks), room.put(isNew), wanted),
    );
    if (blobs === 0) return null;
    const needed = room.noughts(count);
    const children = room.noughts(count * 4);
    const roots = room.any(count * 4);
    const order = room.any(count * 4);
    // As much room as offsets take, which need it afterwards.
    const starts = room.noughts((count + 1) * 8);
    const path = starts + (count + 1) * 4;
    const total = exports.orderFamilies(count, parents, wanted, needed, children, roots, starts, path, order);
    const tasks = room.any((taskCount + 2) * 4);
    room.replace(starts, entries.offsets);
    const taken = exports.cutTasks(taskCount, total, starts, roots, order, tasks);
    return {
      order: room.take(order, new Uint32Array(new SharedArrayBuffer(total * 4))),
      children: room.take(children, new Uint32Array(new SharedArrayBuffer(count * 4))),
      wanted: room.take(wanted, new Uint8Array(new SharedArrayBuffer(count))),
      tasks: room.take(tasks, new Uint32Array(new SharedArrayBuffer((taken + 1) * 4))),
    };
  });
}
