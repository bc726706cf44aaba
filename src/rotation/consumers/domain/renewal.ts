import { createHash } from 'node:crypto';
import { MINUTE_SECONDS, secondsBetween } from '../../../kernel/index.js';
import type { Rotation } from '../../domain/rotation.js';

/** To ask costs one read of a row: so soon a run that nobody planned is noticed. */
const LONGEST_SECONDS = 5 * MINUTE_SECONDS;
const LONGEST_LIVE_SECONDS = 60;
/** How much earlier than asked a consumer comes at most, so that they do not all come at once. */
const JITTER = 0.25;
/** What ends by itself is fetched again when so much of its life is over. */
const PART_OF_LIFE = 1 / 3;

/**
 * When a consumer is to come again: soon while a run waits for it, else often enough to be seen within the time that the old one
 * is watched, and before the next one is due.
 *
 * @param expiresAt when what it has ends by itself
 * @returns whole seconds, at least one; the same for the same consumer and version
 */
export function renewAfterSeconds(
  rotation: Pick<Rotation, 'observeSeconds' | 'nextDueAt' | 'currentVersion'>,
  instance: string,
  live: boolean,
  expiresAt: Date | null,
  at: Date,
): number {
  const { observeSeconds, nextDueAt, currentVersion } = rotation;
  const limits = [
    live ? Math.min(LONGEST_LIVE_SECONDS, observeSeconds / 4) : Math.min(LONGEST_SECONDS, observeSeconds),
  ];
  if (!live && nextDueAt !== null && nextDueAt > at) limits.push(secondsBetween(at, nextDueAt) + LONGEST_LIVE_SECONDS);
  if (expiresAt !== null) limits.push(secondsBetween(at, expiresAt) * PART_OF_LIFE);
  const digest = createHash('sha256').update(`${instance}:${currentVersion}`).digest();
  const earlier = JITTER * (digest.readUInt16BE(0) / 0x10000);
  return Math.max(1, Math.floor(Math.min(...limits) * (1 - earlier)));
}
