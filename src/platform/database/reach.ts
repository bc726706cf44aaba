import { withClient } from './connection.js';
import { DatabaseError } from './errors.js';

/** The oldest PostgreSQL that the schema was tried on. */
const OLDEST_MAJOR = 15;

const REASONS: Readonly<Record<string, string>> = {
  '28P01': 'the server refuses its password',
  '28000': 'the server does not let its role in',
  '3D000': 'the server has no such database',
  '53300': 'the server has no connection left',
  '57P03': 'the server is starting or stopping',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its host has no address',
  EAI_AGAIN: 'its host’s address cannot be looked up now',
  ETIMEDOUT: 'its host does not answer',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ENOENT: 'there is no such socket',
};

/**
 * Tries a database of the operator's before anything is done with it.
 *
 * @param variable the one that holds the URL, for the message
 * @throws DatabaseError `database_unreachable`, `database_too_old`
 */
export async function checkReachable(url: string, variable: string): Promise<void> {
  const version = await withClient(url, async (client) => {
    const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
    return Number(rows[0]!.server_version_num);
  }).catch((cause: { code?: string }) => {
    const reason = REASONS[cause.code ?? ''] ?? `connecting failed (${cause.code ?? 'unknown'})`;
    throw new DatabaseError('database_unreachable', `The database in ${variable} cannot be used: ${reason}.`, {
      cause,
    });
  });
  if (version < OLDEST_MAJOR * 10_000)
    throw new DatabaseError(
      'database_too_old',
      `The database in ${variable} is PostgreSQL ${Math.floor(version / 10_000)}; Muster needs ${OLDEST_MAJOR} or later.`,
    );
}
