import { isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as tls from 'node:tls';
import pg from 'pg';
import { inTime } from '../../kernel/index.js';
import type { Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import { OWN_APPLICATION } from '../domain/rotating.js';
import type { PostgresqlAccess } from './access.js';

const CONNECT_MILLISECONDS = 5_000;
const STATEMENT_MILLISECONDS = 10_000;
const LOCK_MILLISECONDS = 5_000;
/** So long one waits where a server has no connection left, and so often one asks: most are over soon, one's own among them. */
const [PLACE_MILLISECONDS, NAP_MILLISECONDS] = [3_000, 100];
/** As long as a server may take to say good-bye. */
const FAREWELL_MILLISECONDS = 1_000;

/** The driver's types leave out what it has. */
type Connected = pg.Client & { readonly connection: { readonly stream: Socket } };

/**
 * Opens a connection to one of the addresses that were judged, and to nothing else, does the work, and closes it.
 *
 * @throws TargetError
 */
export async function withConnection<Result>(
  access: PostgresqlAccess,
  way: Way,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = await connected(access, way);
  try {
    return await work(client);
  } catch (error) {
    throw asTargetError(error);
  } finally {
    await closed(client);
  }
}

/** Closes it, whatever became of it: a server that has gone silent is not waited for. */
export async function closed(client: pg.Client): Promise<void> {
  const ended = client.end().catch(() => undefined);
  await inTime(FAREWELL_MILLISECONDS, ended, () => (client as Connected).connection.stream.destroy());
}

/**
 * Signs in and out again. It opens where the server let the account in, even where it then may not use this database.
 *
 * @throws TargetError `not_provable` where the server's rules refuse the account before they look at its password, and what
 *   keeps one out of the target
 */
export async function opens(access: PostgresqlAccess, way: Way): Promise<boolean> {
  try {
    await closed(await signedIn(access, way, (error) => isFull(error) && !wasLetIn(error)));
    return true;
  } catch (error) {
    if (wasLetIn(error)) return true;
    const refusal = asTargetError(error);
    if (refusal.code === 'access_refused') return false;
    throw refusal;
  }
}

/** Signs in at the first of the addresses that answers; whoever asks closes it. @throws TargetError */
export async function connected(access: PostgresqlAccess, way: Way): Promise<pg.Client> {
  try {
    return await signedIn(access, way, isFull);
  } catch (error) {
    throw asTargetError(error);
  }
}

/** @param passes whether what it was refused for may be over in a moment */
async function signedIn(access: PostgresqlAccess, way: Way, passes: (error: unknown) => boolean): Promise<pg.Client> {
  for (const end = performance.now() + PLACE_MILLISECONDS; ;)
    try {
      return await signedInOnce(access, way);
    } catch (error) {
      if (!passes(error) || performance.now() > end) throw error;
      await sleep(NAP_MILLISECONDS * (0.5 + Math.random()));
    }
}

async function signedInOnce(access: PostgresqlAccess, way: Way): Promise<pg.Client> {
  const places = access.socketDirectory === null ? way.addresses : [access.socketDirectory];
  let failure: unknown;
  for (const place of places) {
    const client = new pg.Client(optionsOf(access, way, place));
    // A connection that breaks while idle is told by the next query; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      failure = error;
      await closed(client);
    }
  }
  throw failure;
}

/** The server, the database or the role has no connection left. */
function isFull(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === '53300';
}

/** It was refused by what the server looks at once it has taken the password (miscinit.c, postinit.c). */
function wasLetIn(error: unknown): boolean {
  const { code, routine } = error as Readonly<Record<'code' | 'routine', unknown>>;
  return code === '42501' || (code === '53300' && AFTER_THE_PASSWORD.includes(String(routine)));
}

const AFTER_THE_PASSWORD = ['InitializeSessionUserId', 'CheckMyDatabase', 'InitPostgres'];

function optionsOf(access: PostgresqlAccess, way: Way, place: string): pg.ClientConfig {
  const { port, user, password, database } = access;
  return {
    ...{ host: place, port, user, password, database },
    ssl: access.verified ? encryption(access.host!, way.caCertificates) : false,
    application_name: OWN_APPLICATION,
    // Nothing that somebody made in another schema there stands in for what is asked for here.
    options: '-c search_path=pg_catalog',
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
    query_timeout: STATEMENT_MILLISECONDS + 2_000,
    lock_timeout: LOCK_MILLISECONDS,
    idle_in_transaction_session_timeout: STATEMENT_MILLISECONDS,
  };
}

/** The certificate is of the name in the URL, whatever address that name has (RFC 9525 §6). */
function encryption(host: string, caCertificates: string | null): tls.ConnectionOptions {
  return {
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ...(caCertificates !== null && { ca: [...tls.rootCertificates, caCertificates] }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true, // said, so that NODE_TLS_REJECT_UNAUTHORIZED cannot unsay it
  };
}

type Refusal = readonly [TargetError['code'], string];

const UNREACHABLE: Refusal = ['target_unreachable', 'The target cannot be reached: see that it runs, then try again.'];
const UNTRUSTED: Refusal = [
  'target_untrusted',
  'The target does not prove its name: see its certificate, and the authorities given for it.',
];
const REFUSED: Refusal = [
  'access_refused',
  'The target does not let Muster in: give its URL anew, with user and password.',
];
const NOT_PERMITTED: Refusal = [
  'not_permitted',
  'Muster’s role on the target may not do that: see what its check says.',
];
const NOT_PROVABLE: Refusal = [
  'not_provable',
  'The target’s pg_hba.conf does not let the account in from where Muster is, whatever its password: add a line for it.',
];
const BUSY: Refusal = ['target_busy', 'The target was too slow or has no connection left: try again later.'];

/** By SQLSTATE (PostgreSQL, appendix A) or what Node calls it. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  '28000': REFUSED,
  '28P01': REFUSED,
  '3D000': REFUSED,
  '42501': NOT_PERMITTED,
  '0LP01': NOT_PERMITTED, // invalid_grant_operation
  '2BP01': [
    'granted_on',
    'It was handed on by the account: on the target, take it from those who have it of it first.',
  ],
  '53300': BUSY,
  '55P03': BUSY,
  '57014': BUSY,
  '57P03': BUSY,
};
const TLS = /^(ERR_(TLS|SSL|OSSL)|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_|EPROTO|INVALID_(CA|PURPOSE))/;
/** The driver has no code for these. */
const NO_TLS = /does not support SSL/;
const SLOW = /^(timeout expired|Query read timeout)/;
const GONE = /^Connection terminated/;

/** What went wrong, by its code alone: what a target says by itself goes no further. */
export function asTargetError(error: unknown): TargetError {
  if (error instanceof TargetError) return error;
  const { code, message, routine } = error as Readonly<Record<'code' | 'message' | 'routine', unknown>>;
  const state = typeof code === 'string' ? code : '';
  const byRule = state === '28000' && routine === 'ClientAuthentication';
  const [kind, words] = byRule ? NOT_PROVABLE : (REFUSALS[state] ?? byForm(state, String(message)));
  return new TargetError(kind, words, { cause: state === '' ? 'no code' : state });
}

function byForm(state: string, message: string): Refusal {
  if (TLS.test(state) || NO_TLS.test(message)) return UNTRUSTED;
  if (SLOW.test(message)) return BUSY;
  if (GONE.test(message) || state.startsWith('E') || state.startsWith('08') || state.startsWith('57P'))
    return UNREACHABLE;
  return [
    'target_failed',
    `The target refused with code ${/^[0-9A-Z]{5}$/.test(state) ? state : 'unknown'}: ask whoever runs it.`,
  ];
}

/** A database where Muster may not, or cannot, is one whose logins it does not see; that it does not answer is no such thing. */
export function unlessAway(error: unknown): undefined {
  const away = ['target_unreachable', 'target_busy', 'target_untrusted'];
  if (!(error instanceof TargetError) || away.includes(error.code)) throw error;
}
