import type { HeldCertificate } from '../../../issuance/index.js';
import type { Holder } from '../../../targets/index.js';

/** Those issued before, and those since: what is announced divides them. */
export function divided(held: readonly HeldCertificate[], line: Date) {
  const isOld = ({ issuedAt }: HeldCertificate) => issuedAt < line;
  return { old: held.filter(isOld), fresh: held.filter((one) => !isOld(one)) };
}

/** What still opens a door. */
export function isLive({ revokedAt, expiresAt }: HeldCertificate, at: Date): boolean {
  return revokedAt === null && expiresAt > at;
}

/**
 * Who holds a certificate that goes, and whether they have come over: it was renewed, and what came of that was shown since,
 * at an enforcement point or to be renewed again. Until then nobody knows whether its holder ever stored it.
 *
 * Whoever proved themselves anew instead, as after a restart, left one behind that nobody can tell from another's: for each
 * that was shown, one that was not renewed counts as left. One that opens nothing any more holds nobody up.
 */
export function holdersOf(held: readonly HeldCertificate[], line: Date, at: Date): Holder[] {
  const { old, fresh } = divided(held, line);
  const renewals = new Map<string, HeldCertificate[]>();
  for (const one of held)
    if (one.renewedId !== null) renewals.set(one.renewedId, [...(renewals.get(one.renewedId) ?? []), one]);
  const isShown = ({ id, lastUsedAt }: HeldCertificate) => lastUsedAt !== null || renewals.has(id);
  const cameOver = (one: HeldCertificate): boolean =>
    (renewals.get(one.id) ?? []).some((next) => (next.issuedAt >= line && isShown(next)) || cameOver(next));
  const stays = old.filter((one) => isLive(one, at) && !cameOver(one) && !isSuperseded(one));
  const anew = fresh.filter((one) => one.renewedId === null && isShown(one)).length;
  // The longest unused are the likeliest to be left behind.
  const waitedFor = new Set([...stays].sort(latestUseFirst).slice(0, Math.max(0, stays.length - anew)));
  return old.map((one) => ({ name: one.id, onKept: !waitedFor.has(one) }));

  /** Within the old ones: what was renewed before, and its successor shown, is in nobody's hands. */
  function isSuperseded({ id }: HeldCertificate): boolean {
    return (renewals.get(id) ?? []).some((next) => next.issuedAt < line && isShown(next));
  }
}

function latestUseFirst(one: HeldCertificate, other: HeldCertificate): number {
  return (other.lastUsedAt?.getTime() ?? 0) - (one.lastUsedAt?.getTime() ?? 0);
}
