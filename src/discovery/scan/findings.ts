import { higher, inPlace } from '../domain/bands.js';
import type { Finding, Location } from '../domain/finding.js';
import { BASES } from '../domain/rule.js';
import { distinct } from '../identities/index.js';
import type { Sighting } from './sighting.js';

/** One finding for each secret, from all its places, in the order of path, line and rule, whoever saw what first. */
export function findingsOf(sightings: readonly Sighting[]): readonly Finding[] {
  const bySecret = new Map<string, Sighting[]>();
  for (const sighting of [...sightings].sort(inOrder)) {
    const known = bySecret.get(sighting.fingerprint);
    if (known) known.push(sighting);
    else bySecret.set(sighting.fingerprint, [sighting]);
  }
  return [...bySecret.values()].map(findingOf);
}

/** @param sightings of one secret, in order */
function findingOf(sightings: readonly Sighting[]): Finding {
  const first = sightings.reduce((best, one) => (rank(one) < rank(best) ? one : best));
  const verdict = sightings.map((one) => inPlace(one.verdict, one.location.path)).reduce(higher);
  const clues = new Map(sightings.flatMap((one) => one.clues).map((clue) => [`${clue.from} ${clue.words}`, clue]));
  const places = new Map<string, Location>();
  for (const sighting of sightings) {
    const key = placeOf(sighting.location);
    places.set(key, withClues(sighting, places.get(key)));
  }
  const { id, vendor, name, kind, basis } = first.rule;
  return {
    rule: id,
    vendor,
    name,
    kind,
    basis,
    band: verdict.band,
    because: verdict.because,
    fingerprint: first.fingerprint,
    lastFour: first.lastFour,
    ...(first.match && { match: first.match }),
    clues: [...clues.values()],
    locations: [...places.values()],
    suppressed: sightings.every(({ suppressed }) => suppressed !== null) ? sightings[0]!.suppressed : null,
  };
}

/** Of a whole history all commits follow from the version and its path; of some commits, each is a place of its own. */
function placeOf({ path, blob, line, column, endLine, endColumn, within, commits }: Location): string {
  return [line, column, endLine, endColumn, blob, commits[0]?.id, ...within, path].join('\0');
}

/** @param known the same place, of another rule */
function withClues({ location, match, clues }: Sighting, known: Location | undefined): Location {
  return match?.guessable ? { ...location, clues: distinct([...(known?.clues ?? []), ...clues]) } : location;
}

function rank({ rule }: Sighting): number {
  return BASES.indexOf(rule.basis);
}

/** By code units: the same order everywhere, whatever the language of the machine. */
function inOrder(a: Sighting, b: Sighting): number {
  return (
    compare(a.location.path, b.location.path) ||
    (a.location.line ?? 0) - (b.location.line ?? 0) ||
    (a.location.column ?? 0) - (b.location.column ?? 0) ||
    compare(a.rule.id, b.rule.id) ||
    compare(a.location.blob ?? '', b.location.blob ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
