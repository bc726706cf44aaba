import { createHash } from 'node:crypto';
import { addSeconds, type Id } from '../../../kernel/index.js';
import { RotationError } from '../../domain/errors.js';
import type { Evidence } from '../../domain/evidence.js';
import { nextVersion, type Rotation } from '../../domain/rotation.js';
import { type Run, type RunCause, type Step, STEPS } from '../../domain/run.js';
import { AWAY } from './trouble.js';

/** How a step is tried again: how often until somebody has to look, and how far apart at most. Both take about an hour. */
export interface Tries {
  readonly most: number;
  readonly longestPauseSeconds: number;
}

/** What may be over at any time is looked at each minute: a target that does not answer, and Muster itself. */
export const PASSING: Tries = { most: 63, longestPauseSeconds: 60 };
/** Whoever refuses is not asked again and again: some shut out who comes too often. */
const REFUSED: Tries = { most: 8, longestPauseSeconds: 1800 };
const FIRST_PAUSE_SECONDS = 5;
const GROWTH = 3;
/** How much a pause varies, so that what failed together does not come back together. */
const JITTER = 0.2;

/** A worker that has not said within this time that it is still at it died: another takes over. */
export const CLAIM_SECONDS = 45;
/** How often it says so. */
export const RENEWAL_SECONDS = 10;

/** Where it is waited for whoever is left. */
const WATCHING: readonly Step[] = ['watch-old', 'revoke-old'];

/** How often one looks who is left, at most and at least. */
const SHORTEST_LOOK_SECONDS = 1;
const LONGEST_LOOK_SECONDS = 60;

export interface Begin {
  readonly id: Id<'rotationRun'>;
  readonly cause: RunCause;
  readonly reason: string | null;
  readonly emergencyId: Id<'rotationEmergency'> | null;
  readonly by: string;
}

/** A run that begins now. The number that it makes is its own for ever. */
export function beginning(rotation: Rotation, { by, ...begin }: Begin, at: Date): Run {
  return {
    ...begin,
    rotationId: rotation.id,
    ...{ state: 'running', direction: 'forth', step: 'create' },
    newVersion: nextVersion(rotation),
    oldVersion: rotation.currentVersion === 0 ? null : rotation.currentVersion,
    ...{ attempts: 0, dueAt: at, claimedUntil: null, claim: 0, failure: null, quietSince: null, watchedSince: null },
    ...{ evidence: null, overriddenBy: null, overrideReason: null, cancelReason: null, pairTaken: null },
    ...{ startedBy: by, startedAt: at, stepSince: at, endedAt: null },
    version: 1,
  };
}

/** It is about to act, and nothing of its pair does. What was watched since then is what counts. */
export function begun(run: Run, pair: string | null, watchedSince: Date, at: Date): Run {
  return { ...run, state: 'running', failure: null, pairTaken: pair, watchedSince, dueAt: at };
}

/** The step it is at is done, seen by looking: the next one, or the end. */
export function advanced(run: Run, at: Date): Run {
  const after = STEPS[STEPS.indexOf(run.step) + 1];
  const cleared = { attempts: 0, failure: null, stepSince: at };
  if (after !== undefined) return next(run, { ...cleared, state: 'running', step: after, dueAt: at });
  return ended(next(run, cleared), run.direction === 'forth' ? 'finished' : 'cancelled', at);
}

/**
 * Something went wrong that may pass: tried again after a pause that grows, and left to a human in the end. Tries that failed for a
 * reason of another sort do not make it the last one.
 */
export function postponed(run: Run, failure: string, at: Date): Run {
  const { most, longestPauseSeconds } = triesOf(failure);
  const isSame = run.failure === null || triesOf(run.failure).most === most;
  const attempts = (isSame ? run.attempts : Math.min(run.attempts, most - 2)) + 1;
  if (attempts >= most) return { ...stuck(run, failure), attempts };
  const pause = Math.min(FIRST_PAUSE_SECONDS * GROWTH ** (attempts - 1), longestPauseSeconds);
  const dueAt = addSeconds(at, pause * (1 + JITTER * spread(`${run.id}:${attempts}`)));
  return next(run, { state: 'running', attempts, failure, dueAt });
}

/** @param failure stable code of what went wrong */
export function triesOf(failure: string): Tries {
  return failure === 'internal' || AWAY.includes(failure) ? PASSING : REFUSED;
}

/** Only a human goes on. */
export function stuck(run: Run, failure: string): Run {
  return next(run, { state: 'stuck', failure, dueAt: null });
}

/** Kept from beginning until then; it goes on by itself. */
export function held(run: Run, code: string, until: Date): Run {
  return next(run, { state: 'held', failure: code, dueAt: until });
}

/**
 * Somebody may still need the old one: it looks again soon, and gives up once whoever is waited for is overdue, or where nothing
 * that could come would ever let the old one go.
 *
 * @param evidence whose verdict is not `permitted`
 */
export function waiting(run: Run, evidence: Evidence, rotation: Rotation, at: Date): Run {
  const quietSince = evidence.quietSince === null ? null : new Date(evidence.quietSince);
  const seen = { ...run, evidence, quietSince, attempts: 0 };
  const patience = PATIENCE[evidence.verdict]?.(rotation);
  if (patience !== undefined && at >= addSeconds(run.stepSince, patience)) return stuck(seen, evidence.verdict);
  const longest = clamp(rotation.observeSeconds / 10, SHORTEST_LOOK_SECONDS, LONGEST_LOOK_SECONDS);
  const permitted = evidence.permittedFrom === null ? Infinity : Date.parse(evidence.permittedFrom) - at.getTime();
  const pause = clamp(permitted / 1000, Math.min(SHORTEST_LOOK_SECONDS, longest), longest);
  return next(seen, { state: 'running', failure: evidence.verdict, dueAt: addSeconds(at, pause) });
}

/** How many seconds one waits for what; what is not named here comes by itself. */
const PATIENCE: Readonly<Partial<Record<Evidence['verdict'], (rotation: Rotation) => number>>> = {
  old_still_used: ({ consumerDeadlineSeconds }) => consumerDeadlineSeconds,
  consumer_not_seen: ({ consumerDeadlineSeconds }) => consumerDeadlineSeconds,
  evidence_incomplete: ({ observeSeconds }) => observeSeconds,
  no_evidence: () => 0,
};

/** What the gate saw when it let the old one go. */
export function permitted(run: Run, evidence: Evidence): Run {
  return next(run, { evidence, quietSince: evidence.quietSince === null ? null : new Date(evidence.quietSince) });
}

/** Tried again from the step it is at. @throws RotationError `not_stuck` */
export function retried(run: Run, at: Date): Run {
  if (run.state !== 'stuck')
    throw new RotationError('not_stuck', 'Only what is stuck is taken up again; this goes on by itself, or is over.');
  return next(run, { state: 'running', attempts: 0, failure: null, dueAt: at, stepSince: at });
}

/**
 * Its identity is retired, so that neither a calendar nor a person is waited for: it goes on at once.
 *
 * @returns the run itself where nothing keeps it
 */
export function unneeded(run: Run, at: Date): Run {
  if (run.state !== 'stuck' && run.state !== 'held') return run;
  return next(run, { state: 'running', attempts: 0, failure: null, dueAt: at, stepSince: at });
}

/** What a word about who is gone can change. */
const ABOUT_SOMEBODY: readonly (string | null)[] = ['consumer_not_seen', 'old_still_used'];

/**
 * Somebody is waited for no more: it looks again now. Its patience with the others is what it was.
 *
 * @returns the run itself where it waits for nobody
 */
export function lookedAgain(run: Run, at: Date): Run {
  const isWaiting = run.state === 'running' || (run.state === 'stuck' && ABOUT_SOMEBODY.includes(run.failure));
  if (!isWaiting || !WATCHING.includes(run.step)) return run;
  return next(run, { state: 'running', dueAt: at });
}

/**
 * Two people answer for it that whoever is left on the old one is left behind.
 *
 * @throws RotationError `run_over`, `nothing_to_override`
 */
export function overridden(run: Run, by: string, reason: string, at: Date): Run {
  if (run.endedAt !== null) throw over();
  if (!WATCHING.includes(run.step))
    throw new RotationError('nothing_to_override', 'Nothing is waited for here: see at which step the run is.');
  if (run.overriddenBy !== null)
    throw new RotationError('nothing_to_override', 'This is overridden already: see what keeps the run now.');
  return next(run, {
    state: 'running',
    attempts: 0,
    failure: null,
    dueAt: at,
    overriddenBy: by,
    overrideReason: reason,
  });
}

/**
 * Gives a run up. Before anything was begun it is over at once; afterwards it goes the same way back, so that nobody is stranded
 * who has the new one already.
 *
 * @param begun steps that are stored as begun
 * @throws RotationError `run_over`, `past_cancelling`
 */
export function givenUp(run: Run, begun: readonly Step[], reason: string, at: Date): Run {
  if (run.endedAt !== null) throw over();
  if (run.direction === 'back') throw past('It is going back already: watch it.');
  if (run.step === 'create' && !begun.includes('create'))
    return ended(next(run, { failure: null, cancelReason: reason }), 'cancelled', at);
  const anew = { attempts: 0, failure: null, dueAt: at, stepSince: at, quietSince: null, evidence: null };
  const forgotten = { overriddenBy: null, overrideReason: null };
  const back = { ...anew, ...forgotten, state: 'running', direction: 'back', cancelReason: reason } as const;
  // Nobody was given it, so nobody is waited for.
  if (run.step === 'create') return next(run, { ...back, step: 'revoke-old' });
  if (run.step === 'verify-dead' || begun.includes('revoke-old'))
    throw past('The old one is being withdrawn: let the run finish, then rotate once more.');
  if (run.oldVersion === null)
    throw past('The one before was not made here, so nobody could be given it again: let the run finish.');
  return next(run, { ...back, step: 'deliver' });
}

/**
 * Stops a run of what its holders make for themselves: both go on working until they end by themselves, so there is no way back
 * to go.
 *
 * @throws RotationError `run_over`, `past_cancelling`
 */
export function leftAlone(run: Run, begun: readonly Step[], reason: string, at: Date): Run {
  if (run.endedAt !== null) throw over();
  if (begun.includes('revoke-old')) throw past('The old ones are being revoked: let the run finish.');
  return ended(next(run, { failure: null, cancelReason: reason }), 'cancelled', at);
}

/** Given up by the service itself before anything was begun. */
export function refused(run: Run, failure: string, at: Date): Run {
  return ended(next(run, { failure }), 'cancelled', at);
}

function ended(run: Run, state: 'finished' | 'cancelled', at: Date): Run {
  return { ...run, state, dueAt: null, pairTaken: null, endedAt: at };
}

function over(): RotationError {
  return new RotationError('run_over', 'This run is over: start another.');
}

function past(words: string): RotationError {
  return new RotationError('past_cancelling', words);
}

/** From -1 to 1, the same for the same text. */
function spread(text: string): number {
  return (createHash('sha256').update(text).digest().readUInt16BE(0) / 0xffff) * 2 - 1;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function next(run: Run, changed: Partial<Run>): Run {
  return { ...run, ...changed, version: run.version + 1 };
}
