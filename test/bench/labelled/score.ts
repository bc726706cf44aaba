import type { Corpus, Label } from './corpus.js';

/** Where something was told. */
export interface Told {
  readonly path: string;
  readonly first: number;
  readonly last: number;
  readonly band: string;
}

interface Place {
  readonly path: string;
  readonly line: number | null;
  readonly endLine: number | null;
}

/** The places of a finding of `muster scan`, where its confidence is high or medium: of low confidence nothing is told. */
export function toldOf({ band, locations }: { readonly band: string; readonly locations: readonly Place[] }): Told[] {
  if (band === 'low') return [];
  return locations.map(({ path, line, endLine }) => ({ path, first: line ?? 1, last: endLine ?? line ?? 1, band }));
}

export interface Share {
  readonly right: number;
  readonly of: number;
}

export interface Score {
  readonly recall: Share;
  readonly precision: Share;
  /** Of each kind of secret, how many were told. */
  readonly recallByKind: ReadonlyMap<string, Share>;
  readonly precisionByBand: ReadonlyMap<string, Share>;
  /** Of each kind of what is none, how often it was told. */
  readonly alarms: ReadonlyMap<string, Share>;
  readonly missed: readonly Label[];
  readonly wrong: readonly Told[];
}

export function ratio({ right, of }: Share): number {
  return right / of;
}

/** A secret is found where its lines meet what was told, and what was told is right where it meets the lines of a secret. */
export function score({ labels }: Corpus, told: readonly Told[]): Score {
  const toldIn = grouped(told);
  const labelsIn = grouped(labels);
  const isFound = (label: Label) => toldIn.get(label.path)?.some((one) => meet(one, label)) === true;
  const secrets = labels.filter(({ isSecret }) => isSecret);
  const isRight = (one: Told) => labelsIn.get(one.path)?.some((label) => label.isSecret && meet(one, label)) === true;
  return {
    recall: share(secrets, isFound),
    precision: share(told, isRight),
    recallByKind: shares(secrets, ({ kind }) => kind, isFound),
    precisionByBand: shares(told, ({ band }) => band, isRight),
    alarms: shares(
      labels.filter(({ isSecret }) => !isSecret),
      ({ kind }) => kind,
      isFound,
    ),
    missed: secrets.filter((label) => !isFound(label)),
    wrong: told.filter((one) => !isRight(one)),
  };
}

type Lines = Pick<Label, 'path' | 'first' | 'last'>;

function meet(one: Lines, other: Lines): boolean {
  return one.first <= other.last && other.first <= one.last;
}

function grouped<One extends Lines>(all: readonly One[]): ReadonlyMap<string, readonly One[]> {
  const groups = new Map<string, One[]>();
  for (const one of all) groups.set(one.path, [...(groups.get(one.path) ?? []), one]);
  return groups;
}

function share<One>(all: readonly One[], isRight: (one: One) => boolean): Share {
  return { right: all.filter(isRight).length, of: all.length };
}

function shares<One>(
  all: readonly One[],
  kindOf: (one: One) => string,
  isRight: (one: One) => boolean,
): ReadonlyMap<string, Share> {
  const kinds = [...new Set(all.map(kindOf))].sort();
  return new Map(
    kinds.map((kind) => [
      kind,
      share(
        all.filter((one) => kindOf(one) === kind),
        isRight,
      ),
    ]),
  );
}
