import type { Engine } from '../scan/engine.js';
import { Inspector } from '../scan/inspector.js';
import type { Describing, Sighting } from '../scan/sighting.js';
import { hasStructure, MAX_STRUCTURED_BYTES } from '../scan/structured.js';
import { structuresOf } from '../structures/index.js';
import type { BlobPlaces } from './attribution.js';
import type { SkippedBlob } from './blob-sighting.js';
import { catReadable } from './cat-file.js';
import type { SkipReason } from './pack-scanner.js';
import type { Repository } from './repository.js';

/** Blobs that were read by their structure, and what was found in them in place of what their text gave. */
export interface Structured {
  readonly blobs: ReadonlySet<string>;
  readonly sightings: readonly Sighting[];
  readonly skipped: readonly SkippedBlob[];
}

export const NOTHING_STRUCTURED: Structured = { blobs: new Set(), sightings: [], skipped: [] };

/** Why not all of a blob was told. */
const CUT: readonly SkipReason[] = [
  'too-many-findings',
  'too-much-wrapped',
  'structure-too-deep',
  'structure-too-large',
];

/** A blob has no path while it is scanned: those whose paths give them a structure are read again, whole. */
export async function readStructured(
  repository: Repository,
  places: BlobPlaces,
  engine: Engine,
  describing: Describing,
): Promise<Structured> {
  const pathsOf = (blob: string) => places.get(blob)!.filter(({ path }) => hasStructure(path));
  const wanted = [...places.keys()].filter((blob) => pathsOf(blob).length > 0).sort();
  if (wanted.length === 0) return NOTHING_STRUCTURED;
  const blobs = new Set<string>();
  const skipped: SkippedBlob[] = [];
  const inspector = new Inspector(engine, describing);
  for await (const { id, type, content } of catReadable(repository, wanted, MAX_STRUCTURED_BYTES)) {
    if (type === 'corrupt') skipped.push({ blob: id, reason: type });
    if (!content) continue;
    for (const { path, ...where } of pathsOf(id))
      if (structuresOf(path).some(({ recognises }) => recognises(content))) {
        blobs.add(id);
        inspector.content(content, path, undefined, { ...where, blob: id });
      }
    const reasons = inspector.skipped.splice(0).map(({ reason }) => reason);
    const cut = CUT.find((reason) => reasons.includes(reason));
    if (cut) skipped.push({ blob: id, reason: cut });
  }
  return { blobs, sightings: inspector.sightings, skipped };
}
