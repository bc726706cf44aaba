import { isOneSecret, isStrong, strengthOf, together, type Thing } from './thing.js';

/**
 * Puts sightings of one thing together: one secret in five places, whatever it was wrapped in, is one thing; two secrets never
 * are, whatever else they share.
 *
 * A thing with a key of its own (a fingerprint, a public key) meets only the same key. One that was seen by an id alone joins
 * the one that has that id, where it is one: where two secrets claim one id, it stays by itself.
 */
export class Merging {
  private readonly byKey = new Map<string, number>();
  private readonly byName = new Map<string, Set<number>>();
  private readonly things: Thing[] = [];

  /** @param known whatever was seen before and has a key or a name in common with what arrives, in order of age */
  constructor(known: readonly Thing[] = []) {
    for (const thing of known) this.insert(thing);
  }

  /**
   * Takes what arrives, those with a key of their own first, so that the order they arrive in does not matter.
   *
   * @returns for each, in its order, which of `all()` it is
   */
  take(arriving: readonly Thing[]): readonly number[] {
    const places = Array.from<number>({ length: arriving.length });
    const order = arriving.map((_, index) => index);
    const byStrength = order.toSorted((a, b) => strengthOf(arriving[b]!) - strengthOf(arriving[a]!));
    for (const index of byStrength) places[index] = this.place(arriving[index]!);
    return places;
  }

  all(): readonly Thing[] {
    return this.things;
  }

  private place(seen: Thing): number {
    const at = this.byKey.get(seen.key) ?? this.only(seen);
    if (at === undefined) return this.insert(seen);
    const before = this.things[at]!;
    const after = together(before, seen);
    if (after !== before) this.replace(at, after);
    return at;
  }

  /** The one that it can be by its names: none where several could. */
  private only(seen: Thing): number | undefined {
    const names = joinable(seen);
    const candidates = new Set(names.flatMap((name) => [...(this.byName.get(name) ?? [])]));
    const fitting = [...candidates].filter((at) => fits(this.things[at]!, seen));
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  private insert(thing: Thing): number {
    const at = this.things.push(thing) - 1;
    this.index(at, thing);
    return at;
  }

  private replace(at: number, thing: Thing): void {
    this.things[at] = thing;
    this.index(at, thing);
  }

  private index(at: number, thing: Thing): void {
    this.byKey.set(thing.key, at);
    for (const name of joinable(thing)) {
      const known = this.byName.get(name);
      if (known) known.add(at);
      else this.byName.set(name, new Set([at]));
    }
  }
}

/** The names by which things are looked up for what arrives. */
export function joinable(thing: Thing): readonly string[] {
  return thing.kind === 'account' ? thing.accounts : thing.marks;
}

/** Two that each have a key of their own are two, but for accounts, which go by many names, and for one secret that its system keeps by its digest alone. */
function fits(known: Thing, seen: Thing): boolean {
  if (known.kind !== seen.kind) return false;
  return known.kind === 'account' || !isStrong(known) || !isStrong(seen) || isOneSecret(known, seen);
}
