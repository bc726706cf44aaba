import { isDeepStrictEqual } from 'node:util';
import { DAY_SECONDS, type Id, type Json } from '../../kernel/index.js';
import { RotationError } from './errors.js';

/** Of a paused one nothing begins by itself. */
export const ROTATION_STATUSES = ['active', 'paused'] as const;
export type RotationStatus = (typeof ROTATION_STATUSES)[number];

export const DEFAULT_OBSERVE_SECONDS = DAY_SECONDS;
/** With complete evidence a short while is enough; what is known of a target says what is wise. */
export const MIN_OBSERVE_SECONDS = 5;
export const DEFAULT_CONSUMER_DEADLINE_SECONDS = 7 * DAY_SECONDS;

/** One duty: a credential of an identity is made anew from time to time, and nobody is left behind. */
export interface Rotation {
  readonly id: Id<'rotation'>;
  readonly name: string;
  readonly identityId: Id<'identity'>;
  /** Null for Muster's own certificates. */
  readonly targetId: Id<'target'> | null;
  /** One, or two that take turns: the first is the one in use when it is set up. */
  readonly accounts: readonly string[];
  /** As the schedule itself says; null for by hand only. */
  readonly schedule: Json;
  /** What bears the same name never rotates beside it. */
  readonly pair: string | null;
  readonly calendarIds: readonly Id<'calendar'>[];
  /** How long the old one must be unseen. */
  readonly observeSeconds: number;
  /** When somebody who is not seen on the new one makes it stuck. */
  readonly consumerDeadlineSeconds: number;
  /** Instances that are known to use it before they were ever seen. */
  readonly expectedConsumers: readonly string[];
  readonly status: RotationStatus;
  /** The newest that works, by Muster's hand; 0 before the first. */
  readonly currentVersion: number;
  /** The one before it while it still works; null when it is dead, or was not Muster's. */
  readonly previousVersion: number | null;
  /** The newest that was ever begun. */
  readonly lastVersion: number;
  readonly rotatedAt: Date | null;
  readonly nextDueAt: Date | null;
  readonly version: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export type WantedRotation = Pick<
  Rotation,
  | 'id'
  | 'name'
  | 'identityId'
  | 'targetId'
  | 'accounts'
  | 'schedule'
  | 'pair'
  | 'calendarIds'
  | 'observeSeconds'
  | 'consumerDeadlineSeconds'
  | 'expectedConsumers'
  | 'nextDueAt'
  | 'createdBy'
  | 'createdAt'
>;
export type RotationChange = Partial<
  Pick<
    Rotation,
    | 'name'
    | 'schedule'
    | 'pair'
    | 'calendarIds'
    | 'observeSeconds'
    | 'consumerDeadlineSeconds'
    | 'expectedConsumers'
    | 'status'
    | 'nextDueAt'
  >
>;

/** What decides when the old one may go: not to be changed under a run that rests on it. */
const UNDER_A_RUN = ['pair', 'observeSeconds', 'consumerDeadlineSeconds', 'expectedConsumers'] as const;

export function newRotation(wanted: WantedRotation): Rotation {
  return {
    ...wanted,
    ...{ status: 'active', currentVersion: 0, previousVersion: null, lastVersion: 0, rotatedAt: null },
    ...{ version: 1, changedAt: wanted.createdAt },
  };
}

/**
 * The next version of it.
 *
 * @param live whether a run of it is under way
 * @returns the rotation itself when nothing changes
 * @throws RotationError `run_live`
 */
export function changeRotation(rotation: Rotation, change: RotationChange, live: boolean, at: Date): Rotation {
  const changed = { ...rotation, ...change };
  if (isDeepStrictEqual(changed, rotation)) return rotation;
  if (live && UNDER_A_RUN.some((field) => !isDeepStrictEqual(changed[field], rotation[field])))
    throw new RotationError(
      'run_live',
      'A run rests on these: wait until it is over or cancel it, then change who is waited for, how long, and its pair.',
    );
  return { ...changed, version: rotation.version + 1, changedAt: at };
}

/** Whose credential a version is: accounts take turns. Version 0 is what was there before Muster. */
export function accountOf({ accounts }: Pick<Rotation, 'accounts'>, version: number): string {
  return accounts[version % accounts.length]!;
}

/** The number of the next one: never one that was begun before, and never the account that is in use. */
export function nextVersion(rotation: Pick<Rotation, 'accounts' | 'currentVersion' | 'lastVersion'>): number {
  const { accounts, currentVersion, lastVersion } = rotation;
  const next = lastVersion + 1;
  const inUse = accountOf(rotation, currentVersion);
  return accounts.length > 1 && accountOf(rotation, next) === inUse ? next + 1 : next;
}
