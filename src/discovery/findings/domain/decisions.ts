import { addSeconds, DAY_SECONDS, type Id } from '../../../kernel/index.js';
import { fingerprintMark } from '../../domain/resolution/thing.js';
import { DiscoveryError } from './errors.js';
import { inState, type QueuedFinding, type Retirement } from './finding.js';

/** Nothing is dismissed for longer: somebody looks again. */
export const MOST_DISMISSED_DAYS = 365;

/** @throws DiscoveryError `finding_over` */
export function assign(finding: QueuedFinding, to: Id<'person'> | null, at: Date): QueuedFinding {
  requireStanding(finding);
  return finding.assigneeId === to ? finding : next({ ...finding, assigneeId: to }, at);
}

/**
 * Says why nothing is done until a day, on which it is open again.
 *
 * @throws DiscoveryError `finding_over`, `dismissal_too_long`
 */
export function dismiss(finding: QueuedFinding, reason: string, until: Date, by: string, at: Date): QueuedFinding {
  requireStanding(finding);
  if (until <= at || until > addSeconds(at, MOST_DISMISSED_DAYS * DAY_SECONDS))
    throw new DiscoveryError('dismissal_too_long', `Name a day to come, within ${MOST_DISMISSED_DAYS} days.`);
  const dismissed = inState(next(finding, at), 'dismissed', at);
  return { ...dismissed, dismissedBy: by, dismissedReason: reason, dismissedUntil: until };
}

/** @throws DiscoveryError `finding_over` where it is nothing that was dismissed or is being retired */
export function reopen(finding: QueuedFinding, at: Date): QueuedFinding {
  if (finding.state !== 'dismissed' && finding.state !== 'retiring')
    throw new DiscoveryError('finding_over', 'Only what was dismissed, or is being retired, can be opened again.');
  return inState(next(finding, at), 'open', at);
}

/** @throws DiscoveryError `finding_over` */
export function retire(finding: QueuedFinding, retirement: Retirement, at: Date): QueuedFinding {
  requireStanding(finding);
  return { ...inState(next(finding, at), 'retiring', at), retirement };
}

/**
 * Says that two are one, as people know and no name says. Two secrets are never one.
 *
 * @throws DiscoveryError `finding_over`, `not_one_kind`, `two_secrets`
 */
export function merge(finding: QueuedFinding, into: QueuedFinding, at: Date): QueuedFinding {
  requireStanding(finding);
  requireStanding(into);
  if (finding.id === into.id || finding.kind !== into.kind)
    throw new DiscoveryError('not_one_kind', 'Name another finding of the same kind.');
  const [one, other] = [secretOf(finding), secretOf(into)];
  if (one !== undefined && other !== undefined && one !== other)
    throw new DiscoveryError('two_secrets', 'They are two different secrets: each has to be retired by itself.');
  return { ...inState(next(finding, at), 'merged', at), mergedInto: into.id };
}

/** Takes a merge back. @throws DiscoveryError `not_merged` */
export function split(finding: QueuedFinding, at: Date): QueuedFinding {
  if (finding.state !== 'merged')
    throw new DiscoveryError('not_merged', 'Only what was merged can be split off again.');
  return inState(next({ ...finding, mergedInto: null }, at), 'open', at);
}

/** What is another one, or is no more. */
export function isOver({ state }: QueuedFinding): boolean {
  return state === 'merged' || state === 'closed';
}

/** Nobody decides about what is over. @throws DiscoveryError `finding_over` */
export function requireStanding({ state, mergedInto }: QueuedFinding): void {
  if (state === 'merged')
    throw new DiscoveryError('finding_over', `It was merged into ${mergedInto}: decide about that one.`);
  if (state === 'closed')
    throw new DiscoveryError('finding_over', 'It is seen nowhere any more, so there is nothing to decide.');
}

function next(finding: QueuedFinding, at: Date): QueuedFinding {
  return { ...finding, version: finding.version + 1, changedAt: at };
}

function secretOf({ thing }: QueuedFinding): string | undefined {
  return thing.marks.find((mark) => mark.startsWith(fingerprintMark('')));
}
