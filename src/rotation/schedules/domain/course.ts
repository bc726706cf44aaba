import type { Id } from '../../../kernel/index.js';
import type { Sessions } from '../../calendars/domain/sessions.js';
import { type Half, type PAIR_REASONS, type Turn, turnOf } from './pair.js';
import { type Beginning, nextBeginning, type Schedule } from './schedule.js';

/** What is known of one that is to rotate, as of an instant. */
export interface Member {
  readonly rotationId: Id<'rotation'>;
  /** Null for by hand only. */
  readonly schedule: Schedule | null;
  readonly freeze: Sessions;
  readonly observeMs: number;
  /** Up to when what was meant has been done: when a run of it last began; before the first, when it was set up. */
  readonly since: number;
  /** Since when the credential is what it is. */
  readonly bornAt: number;
  /** When its last run began, and when it was over; null where there was none, or it is not over. */
  readonly lastBegunAt: number | null;
  readonly lastEndedAt: number | null;
  readonly owedSince: number | null;
}

/** One that begins, or is held from it by its pair, at an instant. */
export interface Foreseen extends Beginning {
  readonly rotationId: Id<'rotation'>;
  readonly held: {
    readonly code: (typeof PAIR_REASONS)[number];
    readonly by: Id<'rotation'>;
    readonly until: number;
  } | null;
}

/** When one may begin next by its own schedule, whatever its pair does; null where it never may. */
export function nextOf(member: Member, from: number): Beginning | null {
  const { rotationId, schedule, freeze, since, bornAt } = member;
  if (!schedule) return null;
  return nextBeginning(schedule, { rotationId, freeze, since, bornAt }, from);
}

/** Whether it is a member's turn now. */
export function turnAmong(
  member: Member,
  others: readonly Member[],
  cause: 'scheduled' | 'asked' | 'emergency',
  at: number,
): Turn {
  if (others.length === 0) return { may: true };
  return turnOf(halfOf(member), others.map(halfOf), cause, at);
}

/**
 * What begins in a time, and what is held by its pair, in order, if every run takes as long as its observation.
 *
 * @param members one without a pair, or all of a pair
 * @param most how many of them at most are told
 */
export function foresee(members: readonly Member[], from: number, to: number, most: number): Foreseen[] {
  const known: Foreseen[] = [];
  let standing = members.map((member) => ({ member, from }));
  while (known.length < most) {
    const next = standing
      .map(({ member, from: notBefore }) => ({
        member,
        next: nextOf(member, Math.max(notBefore, overAt(member, notBefore))),
      }))
      .filter((one): one is { member: Member; next: Beginning } => one.next !== null && one.next.at < to)
      .sort(
        (one, other) => one.next.at - other.next.at || (one.member.rotationId < other.member.rotationId ? -1 : 1),
      )[0];
    if (!next) break;
    const { member } = next;
    const { at } = next.next;
    const others = standing.filter((one) => one.member !== member).map((one) => one.member);
    const turn = turnAmong(
      member,
      others.map((other) => asOf(other, at)),
      'scheduled',
      at,
    );
    const { may, ...held } = turn.may ? { may: true, code: null } : turn;
    known.push({ ...next.next, rotationId: member.rotationId, held: may ? null : (held as Foreseen['held']) });
    const after: Member = turn.may
      ? { ...member, since: at, bornAt: at, lastBegunAt: at, lastEndedAt: at + member.observeMs, owedSince: null }
      : { ...member, owedSince: member.owedSince ?? at };
    const wait = turn.may ? at + 1 : Math.max(at + 1, turn.until);
    standing = standing.map((one) => (one.member === member ? { member: after, from: wait } : one));
  }
  return known;
}

/** A run that is foreseen to be over later is under way until then. */
function asOf(member: Member, at: number): Member {
  return member.lastEndedAt !== null && member.lastEndedAt > at ? { ...member, lastEndedAt: null } : member;
}

/** One that runs begins nothing before it is over. */
function overAt({ lastBegunAt, lastEndedAt, observeMs }: Member, from: number): number {
  if (lastBegunAt === null) return from;
  return lastEndedAt ?? Math.max(from, lastBegunAt + observeMs);
}

function halfOf(member: Member): Half {
  const { rotationId, observeMs, lastBegunAt, lastEndedAt, owedSince, schedule } = member;
  return {
    ...{ rotationId, observeMs, lastBegunAt, lastEndedAt, owedSince },
    windowMs: schedule?.windowMs ?? 0,
    next: (from) => nextOf(member, from)?.at ?? null,
  };
}
