import { z } from 'zod';
import { EnforcementError } from './errors.js';

const index = z.number().int().min(-1);
const instant = z.iso.datetime().transform((text) => new Date(text));

const event = z.object({
  kind: z.literal('event'),
  index,
  type: z.string().max(100),
  certificateId: z.string().optional(),
  serialNumber: z.string().optional(),
  identityId: z.string().optional(),
  spiffeId: z.string().optional(),
  status: z.string().optional(),
});
const heartbeat = z.object({ kind: z.literal('heartbeat'), index, at: instant });
const line = z.discriminatedUnion('kind', [event, heartbeat]);

const snapshot = z.object({
  index,
  revoked: z.array(z.object({ serialNumber: z.string().nullable().optional() })),
  refused: z.array(z.object({ spiffeId: z.string() })),
});

/** Something happened that an enforcement point must act on. */
export type FeedEvent = z.output<typeof event>;
/** Everything committed more than a second before `at` has been told. */
export type Heartbeat = z.output<typeof heartbeat>;
export type FeedLine = FeedEvent | Heartbeat;
export type Snapshot = z.output<typeof snapshot>;

/**
 * Reads one line of the feed. Members that we do not know are left out, so that the service may add some.
 *
 * @throws EnforcementError `feed_line_malformed`
 */
export function parseFeedLine(text: string): FeedLine {
  const parsed = line.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new EnforcementError('feed_line_malformed', 'The feed said something that is no line of it: connect anew.');
}

/** @throws EnforcementError `snapshot_malformed` */
export function parseSnapshot(text: string): Snapshot {
  const parsed = snapshot.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new EnforcementError('snapshot_malformed', 'The service answered something that is no snapshot: ask again.');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
