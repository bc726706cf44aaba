import { z } from 'zod';
import { RECORD_TYPES } from '../kernel/index.js';
import { instant, instantInput, pageQuery, toInstant, wholeNumber } from '../platform/index.js';
import type { StoredCheckpoint } from './checkpoints.js';
import type { EntryRow } from './evidence.repository.js';
import type { ProvedRow } from './evidence.service.js';

/** An opaque id, or the name of a collection. */
const name = z.string().regex(/^[a-z][a-z0-9_:-]{0,63}$/, 'must be an id, as records show it');
const index = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const size = wholeNumber(1, Number.MAX_SAFE_INTEGER);
const hash = z.base64();

export const indexParam = index;
/** The index of the last entry on the page before. */
export const entryPosition = z.number().int().min(0);

export const recordsQuery = z.strictObject({
  ...pageQuery,
  type: z.enum(RECORD_TYPES).optional(),
  subject: name.optional(),
  actor: name.optional(),
  from: instantInput.optional(),
  to: instantInput.optional(),
});

export const inclusionQuery = z.strictObject({ index, size: size.optional() });
export const consistencyQuery = z.strictObject({ from: size, to: size.optional() });

export const exportBody = z.strictObject({
  from: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  to: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  subject: name.optional(),
  pinnedSize: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
});

export const recordSchema = z
  .strictObject({
    index: z.number().int(),
    type: z.string(),
    actor: z.string(),
    subject: z.string(),
    at: instant,
    leaf: z.string().meta({ description: 'The entry exactly as hashed: canonical JSON (RFC 8785).' }),
  })
  .meta({ id: 'AuditRecord' });

export const provedRecordSchema = z
  .strictObject({
    ...recordSchema.shape,
    proof: z.strictObject({
      size: z.number().int(),
      hashes: z.array(hash),
      checkpoint: z.string().meta({ description: 'Signed note (C2SP tlog-checkpoint) of the tree of that size.' }),
    }),
  })
  .meta({ id: 'ProvedAuditRecord' });

export const inclusionSchema = z
  .strictObject({ index: z.number().int(), size: z.number().int(), hashes: z.array(hash) })
  .meta({ id: 'InclusionProof' });

export const consistencySchema = z
  .strictObject({ from: z.number().int(), to: z.number().int(), hashes: z.array(hash) })
  .meta({ id: 'ConsistencyProof' });

export function showRecord({ index, type, actor, subject, at, leaf }: EntryRow): z.output<typeof recordSchema> {
  return { index, type, actor, subject, at: toInstant(at), leaf };
}

export function showProved({ entry, proof, checkpoint }: ProvedRow): z.output<typeof provedRecordSchema> {
  return { ...showRecord(entry), proof: { ...showCheckpoint(checkpoint), hashes: showHashes(proof) } };
}

export function showHashes(hashes: readonly Buffer[]): string[] {
  return hashes.map((value) => value.toString('base64'));
}

function showCheckpoint({ size, note }: StoredCheckpoint): { size: number; checkpoint: string } {
  return { size, checkpoint: note };
}
