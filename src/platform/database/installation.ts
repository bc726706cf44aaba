import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from 'pg';
import { type Id, idFrom, isId } from '../../kernel/index.js';
import { type Reached, withClient } from './connection.js';
import { makeDataDirectory, writeOnce } from './embedded/data-directory.js';
import { DatabaseError } from './errors.js';

/** This installation: one firm's, with one SPIFFE trust domain for good (decision 11). */
export class Installation {
  constructor(
    readonly id: Id<'installation'>,
    readonly publicUrl: string,
    readonly trustDomain: string,
    readonly createdAt: Date,
  ) {}
}

interface Row {
  readonly id: Id<'installation'>;
  readonly public_url: string;
  readonly trust_domain: string;
  readonly created_at: Date;
}

const FILE = 'installation';

/** The id that belongs to a data directory, made at first start: it names the cluster's and the unseal secret's place. */
export async function installationIdOf(dataDirectory: string): Promise<Id<'installation'>> {
  await makeDataDirectory(dataDirectory);
  const file = path.join(dataDirectory, FILE);
  await writeOnce(file, `${idFrom('installation', Date.now(), randomBytes(10))}\n`);
  const text = (await readFile(file, 'utf8')).trim();
  if (isId('installation', text)) return text;
  throw new DatabaseError('installation_damaged', `${file} must hold the installation's id. Restore it from a backup.`);
}

/**
 * Writes the installation's row when the database is new; of one that is there, only the URL may change, and not while
 * passkeys are enrolled: they belong to its host for good. For the owner.
 *
 * @throws DatabaseError `public_url_held`
 */
export async function foundInstallation(
  ownerUrl: string,
  founded: { readonly id: Id<'installation'>; readonly publicUrl: string; readonly trustDomain: string },
): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO muster.installation (id, public_url, trust_domain, created_at) VALUES ($1, $2, $3, now())
         ON CONFLICT (only_row) DO UPDATE SET public_url = excluded.public_url
         WHERE muster.installation.public_url = excluded.public_url OR NOT EXISTS (SELECT FROM muster.passkeys)`,
      [founded.id, founded.publicUrl, founded.trustDomain],
    );
    if (rowCount === 0) throw await heldByPasskeys(client, founded.publicUrl);
  });
}

async function heldByPasskeys(client: Client, configured: string): Promise<DatabaseError> {
  const { rows } = await client.query<{ public_url: string; passkeys: number; people: number }>(
    `SELECT public_url, (SELECT count(*)::integer FROM muster.passkeys) AS passkeys,
       (SELECT count(DISTINCT person_id)::integer FROM muster.authenticators WHERE kind = 'passkey') AS people
     FROM muster.installation`,
  );
  const { public_url: enrolledAt, passkeys, people } = rows[0]!;
  return new DatabaseError(
    'public_url_held',
    `PUBLIC_URL is ${configured}, and ${passkeys} passkey${passkeys === 1 ? '' : 's'} of ${people} ` +
      `${people === 1 ? 'person' : 'people'} were enrolled at ${enrolledAt}, where alone they work. Set PUBLIC_URL back ` +
      'to that. To move all the same, start there, have an administrator reset the authenticators of these people and, ' +
      'with a code generator enrolled, remove their own passkeys; everybody then enrols anew at the new address.',
  );
}

/**
 * Reads the installation's row and holds the configuration to it.
 *
 * @throws DatabaseError `trust_domain_changed`, `public_url_changed`, or `schema_behind` when there is no row yet
 */
export async function readInstallation(
  database: Reached,
  configured: { readonly publicUrl: string; readonly trustDomain: string },
): Promise<Installation> {
  const row = await withClient(database, async (client) => {
    const { rows } = await client.query<Row>(
      'SELECT id, public_url, trust_domain, created_at FROM muster.installation',
    );
    return rows[0];
  });
  if (!row)
    throw new DatabaseError(
      'schema_behind',
      'The database holds no installation yet. Run Muster once with MUSTER_ROLES=migrate and DATABASE_OWNER_URL.',
    );
  if (row.trust_domain !== configured.trustDomain)
    throw new DatabaseError(
      'trust_domain_changed',
      `This installation was founded for ${row.trust_domain}, and TRUST_DOMAIN is ${configured.trustDomain}. Set it ` +
        'back: every identity and certificate carries the domain.',
    );
  if (row.public_url !== configured.publicUrl)
    throw new DatabaseError(
      'public_url_changed',
      `The database says ${row.public_url}, and PUBLIC_URL is ${configured.publicUrl}. Set it back, or run Muster ` +
        'once with MUSTER_ROLES=migrate and the new PUBLIC_URL: the signer takes it from the database alone.',
    );
  return new Installation(row.id, row.public_url, row.trust_domain, row.created_at);
}
