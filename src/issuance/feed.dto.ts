import { z } from 'zod';
import { idOf, instantInput, line, wholeNumber } from '../platform/index.js';
import type { FeedSnapshot } from './feed.service.js';

const MAX_ENTRIES = 1000;

export const snapshotSchema = z
  .strictObject({
    /** Where to read on; -1 while the log is empty. */
    index: z.int(),
    revoked: z.array(z.strictObject({ serialNumber: z.string(), certificateId: idOf('certificate') })),
    refused: z.array(z.strictObject({ identityId: idOf('identity'), spiffeId: z.string(), status: z.string() })),
  })
  .meta({ id: 'FeedSnapshot' });

export const feedQuery = z.strictObject({ after: wholeNumber(-1, Number.MAX_SAFE_INTEGER) });

/** One use or more of a certificate at one point, by one grant, from one address, by one client. */
const useShape = z.strictObject({
  /** As TLS showed it: hexadecimal in lower case. */
  serialNumber: z.string().regex(/^[0-9a-f]{2,40}$/, 'must be a serial number in lower-case hexadecimal'),
  identityId: idOf('identity').optional(),
  grant: idOf('grant').nullable(),
  address: line(64),
  client: line(200).nullable(),
  count: z.int().min(1),
  lastAt: instantInput,
});

export const usageBody = z.strictObject({
  /** Names one run of one enforcement point. */
  point: z.string().regex(/^[A-Za-z0-9._:/-]{1,100}$/, 'must be 1 to 100 letters, digits or . _ : / -'),
  /** From 1 on, without a gap. */
  batch: z.int().min(1),
  startedAt: instantInput,
  endedAt: instantInput,
  /** None where nothing was used: that is worth saying, as whoever says nothing is missing. */
  entries: z.array(useShape).max(MAX_ENTRIES),
  /** Said by the last report of a run that ended in good order. */
  last: z.literal(true).optional(),
});

export const usageAnswer = z
  .strictObject({
    accepted: z.boolean(),
    /** The number of the next batch. */
    expected: z.int(),
    /** Batches known to be lost. */
    missing: z.int(),
  })
  .meta({ id: 'UsageAnswer' });

export function showSnapshot({ index, revoked, refused }: FeedSnapshot): z.input<typeof snapshotSchema> {
  return {
    index,
    revoked: revoked.flatMap(({ id, kind, serialNumber }) =>
      kind === 'certificate' ? [{ certificateId: id as `crt_${string}`, serialNumber: serialNumber! }] : [],
    ),
    refused: refused.map(({ identityId, spiffeId, status }) => ({ identityId, spiffeId, status })),
  };
}
