import { connect, isIP } from 'node:net';
import * as tls from 'node:tls';
import type { Connection, ConnectionOptions, RowDataPacket } from 'mysql2/promise';
import { inTime } from '../../kernel/index.js';
import type { Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import type { NetworkAccess } from '../domain/network-access.js';
import { failed, type REFUSALS, refused } from '../domain/refusals.js';

const CONNECT_MILLISECONDS = 5_000;
const STATEMENT_MILLISECONDS = 10_000;

/** One statement over a connection; what is given beside it is a value and never a part of it. */
export type Query = <Row>(statement: string, values?: readonly (number | string)[]) => Promise<readonly Row[]>;

/** How a statement reaches the server: a fake stands in for it where none can be had. */
export type Connecting = <Result>(
  access: NetworkAccess,
  way: Way,
  work: (query: Query) => Promise<Result>,
) => Promise<Result>;

/**
 * Opens a connection to one of the addresses that were judged, does the work, and closes it.
 *
 * @throws TargetError
 */
export async function withConnection<Result>(
  access: NetworkAccess,
  way: Way,
  work: (query: Query) => Promise<Result>,
  statementMilliseconds = STATEMENT_MILLISECONDS,
): Promise<Result> {
  const connection = await connected(access, way);
  try {
    return await work(over(connection, statementMilliseconds));
  } catch (error) {
    throw asTargetError(error);
  } finally {
    connection.destroy();
  }
}

function over(connection: Connection, milliseconds: number): Query {
  return async <Row>(statement: string, values: readonly (number | string)[] = []) => {
    const carriedOut = connection.execute<RowDataPacket[]>(statement, [...values]);
    // The library's own limit begins only once the server has answered that the statement is prepared.
    const [rows] = await inTime(milliseconds, carriedOut, () => {
      throw refused('busy', 'timeout');
    });
    return (Array.isArray(rows) ? rows : []) as unknown as readonly Row[];
  };
}

async function connected(access: NetworkAccess, way: Way): Promise<Connection> {
  // Only whoever has such a target waits for the library.
  const { createConnection } = await import('mysql2/promise');
  let failure: unknown;
  for (const address of way.addresses)
    try {
      const connection = await createConnection(optionsOf(access, way, address));
      // One that breaks is told by the next statement; without a listener it would end the process.
      connection.on('error', () => undefined);
      return connection;
    } catch (error) {
      failure = error;
    }
  throw asTargetError(failure);
}

function optionsOf(
  { host, port, user, password, verified }: NetworkAccess,
  way: Way,
  address: string,
): ConnectionOptions {
  return {
    // The name that is to be proved is taken from `host` and from nowhere else (mysql2, `startTLS`); where it connects is ours.
    ...{ host, port, user, password, connectTimeout: CONNECT_MILLISECONDS, stream: () => connect(port, address) },
    ...{ multipleStatements: false, disableEval: true, enableCleartextPlugin: false, supportBigNumbers: true },
    // A server that asks for a file of this machine gets nothing (§6.1.6).
    infileStreamFactory: () => {
      throw refused('untrusted');
    },
    ...(verified && { ssl: encryption(host, way.caCertificates) }),
  };
}

function encryption(
  host: string,
  caCertificates: string | null,
): NonNullable<Exclude<ConnectionOptions['ssl'], string>> {
  // Of an address the library would look whether the certificate is of `localhost`.
  if (isIP(host) !== 0) throw refused('untrusted', 'an address');
  const options: tls.ConnectionOptions = {
    ca: caCertificates === null ? [...tls.rootCertificates] : [...tls.rootCertificates, caCertificates],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true, // said, so that NODE_TLS_REJECT_UNAUTHORIZED cannot unsay it
  };
  return { ...(options as object), verifyIdentity: true };
}

/** By the server's own number (appendix B). */
const NUMBERS: Readonly<Record<number, keyof typeof REFUSALS>> = {
  1044: 'accessRefused',
  1045: 'accessRefused',
  1130: 'accessRefused', // no account may sign in from here
  1698: 'accessRefused',
  3118: 'accessRefused', // MySQL: locked
  4151: 'accessRefused', // MariaDB: locked
  1820: 'accessRefused', // its password has expired
  1862: 'accessRefused',
  1040: 'busy',
  1203: 'busy',
  1205: 'busy',
  3024: 'busy',
  1142: 'notPermitted',
  1227: 'notPermitted',
  1095: 'notPermitted',
  1396: 'accountUnknown',
};
const TLS =
  /^(HANDSHAKE_(NO_)?SSL|ERR_(TLS|SSL|OSSL)|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_|EPROTO|INVALID_(CA|PURPOSE))/;

/** What went wrong, by its number alone: the words of a server quote what was said. */
function asTargetError(error: unknown): TargetError {
  if (error instanceof TargetError) return error;
  const { errno, code, sqlState } = error as Readonly<Record<'code' | 'errno' | 'sqlState', unknown>>;
  const state = typeof code === 'string' ? code : 'no code';
  // What Node says has a number too, below nought; what a server says has an SQLSTATE.
  if (typeof errno === 'number' && errno >= 1000 && typeof sqlState === 'string') {
    const which = NUMBERS[errno];
    return which ? refused(which, String(errno)) : failed(String(errno));
  }
  if (TLS.test(state)) return refused('untrusted', state);
  return refused('unreachable', state);
}
