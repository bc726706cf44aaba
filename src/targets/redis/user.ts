import { createHash } from 'node:crypto';
import type { Caller } from '../domain/rotating.js';
import { refused } from '../domain/refusals.js';
import type { Say } from './connection.js';

/** How much of a password's hash tells it from another: nothing that helps to guess one that is random. */
const KEY_DIGITS = 16;

/** A user as `ACL GETUSER` tells of it. */
export interface User {
  readonly enabled: boolean;
  /** Whether any password will do. */
  readonly open: boolean;
  /** SHA-256 of each password, in hexadecimal; the newest last. */
  readonly hashes: readonly string[];
}

export async function findUser(say: Say, account: string): Promise<User | undefined> {
  const answer = await say('ACL', 'GETUSER', account);
  if (!Array.isArray(answer)) return undefined;
  const parts = new Map<unknown, unknown>();
  for (let at = 0; at + 1 < answer.length; at += 2) parts.set(answer[at], answer[at + 1]);
  const flags = words(parts.get('flags'));
  return { enabled: flags.includes('on'), open: flags.includes('nopass'), hashes: words(parts.get('passwords')) };
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : [];
}

/** As Redis keeps a password (ACL, `#<hash>`). */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function keyIdOf(hash: string): string {
  return hash.slice(0, KEY_DIGITS);
}

/** Who is there as a user. */
export async function connectionsOf(say: Say, account: string, observedAt: Date): Promise<Caller[]> {
  const list = String(await say('CLIENT', 'LIST'));
  return list.split('\n').flatMap((line) => {
    const fields = new Map(line.split(' ').map((field) => split(field)));
    if (fields.get('user') !== account) return [];
    const age = Number(fields.get('age') ?? 0);
    return {
      address: (fields.get('addr') ?? '').replace(/:\d+$/, '') || 'local',
      application: fields.get('name') || fields.get('lib-name') || null,
      session: fields.get('id') ?? null,
      firstSeenAt: new Date(observedAt.getTime() - (Number.isFinite(age) ? age : 0) * 1000),
      lastSeenAt: observedAt,
      open: true,
    };
  });
}

function split(field: string): readonly [string, string] {
  const at = field.indexOf('=');
  return at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
}

/**
 * Sees to it that the server knows the users as they are now after it was started anew.
 *
 * @throws TargetError `not_lasting` where it has no file to write them to
 */
export async function keep(say: Say): Promise<void> {
  const saved = await done(say('ACL', 'SAVE'));
  if (!saved && !(await done(say('CONFIG', 'REWRITE')))) throw refused('notLasting');
}

/** Replicas are told nothing of users: after a failover nobody could sign in. @throws TargetError `not_lasting` */
export async function refuseReplicated(say: Say): Promise<void> {
  const [role, , replicas] = (await say('ROLE')) as readonly unknown[];
  if (role !== 'master' || (Array.isArray(replicas) && replicas.length > 0)) throw refused('notLasting');
}

/** Whether the server did it; that it may not, or has no file for it, is its answer. */
function done(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    (error: unknown) => {
      if ((error as { readonly name?: unknown }).name === 'ReplyError') return false;
      throw error;
    },
  );
}
