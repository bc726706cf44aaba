import { Injectable } from '@nestjs/common';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Registered } from '../domain/resolution/registry.js';

/**
 * Who is registered by which name: in the ledger by fingerprint, public key and serial number, and by what identities are called
 * elsewhere. It reads by index what it was asked for, and nothing else.
 */
@Injectable()
export class RegistryRepository {
  /** @param names as `domain/identifiers.ts` writes them, and `fingerprint:` with hexadecimal */
  async lookUp(tx: Tx, names: readonly string[]): Promise<Registered[]> {
    if (names.length === 0) return [];
    const rest = (head: string): string[] =>
      names.filter((name) => name.startsWith(head)).map((name) => name.slice(head.length));
    return tx.query<Registered>(LOOK_UP, [
      rest('fingerprint:').filter(isHexadecimal),
      rest('public-key:').filter(isHexadecimal),
      rest('serial:'),
      names.filter((name) => !IN_THE_LEDGER.test(name)),
      rest('spiffe://').map((path) => `spiffe://${path}`),
    ]);
  }

  /** Every name that an identity is known by: what depends on it is found by them. */
  async namesOf(tx: Tx, identityIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ name: string }>(NAMES_OF, [identityIds]);
    return rows.map(({ name }) => name);
  }
}

/** Names that the ledger alone has. */
const IN_THE_LEDGER = /^fingerprint:/;

function isHexadecimal(text: string): boolean {
  return text.length === 64 && /^[0-9a-f]+$/.test(text);
}

const IDENTITY = `i.id AS "identityId", i.name AS "identityName", i.status AS "identityStatus"`;
const ENDED = `CASE WHEN c.revoked_at IS NOT NULL THEN 'revoked' WHEN c.expires_at <= now() THEN 'expired' END AS ended`;

/** The newest that has not ended first, where a key was registered again. */
const LOOK_UP = new Prepared(
  `SELECT 'fingerprint:' || asked.name AS identifier, ${IDENTITY}, c.id AS "credentialId", c.ended
   FROM unnest($1::text[]) AS asked (name)
   CROSS JOIN LATERAL (
     SELECT c.id, c.identity_id, ${ENDED} FROM muster.credentials c
     WHERE c.fingerprint = decode(asked.name, 'hex')
     ORDER BY c.revoked_at IS NULL DESC, c.id DESC LIMIT 1) AS c
   JOIN muster.identities i ON i.id = c.identity_id
   UNION ALL
   SELECT 'public-key:' || asked.name, ${IDENTITY}, c.id, c.ended
   FROM unnest($2::text[]) AS asked (name)
   CROSS JOIN LATERAL (
     SELECT c.id, c.identity_id, ${ENDED} FROM muster.credentials c
     WHERE c.spki_sha256 = decode(asked.name, 'hex')
     ORDER BY c.revoked_at IS NULL DESC, c.id DESC LIMIT 1) AS c
   JOIN muster.identities i ON i.id = c.identity_id
   UNION ALL
   SELECT 'serial:' || c.serial_number, ${IDENTITY}, c.id, ${ENDED}
   FROM muster.credentials c JOIN muster.identities i ON i.id = c.identity_id
   WHERE c.serial_number = ANY ($3)
   UNION ALL
   SELECT a.identifier, ${IDENTITY}, NULL, NULL
   FROM muster.identity_aliases a JOIN muster.identities i ON i.id = a.identity_id
   WHERE a.identifier = ANY ($4) AND a.removed_at IS NULL
   UNION ALL
   SELECT i.spiffe_id, ${IDENTITY}, NULL, NULL FROM muster.identities i WHERE i.spiffe_id = ANY ($5)`,
);

const NAMES_OF = `
  SELECT 'fingerprint:' || encode(c.fingerprint, 'hex') AS name FROM muster.credentials c
  WHERE c.identity_id = ANY ($1) AND c.fingerprint IS NOT NULL
  UNION SELECT 'public-key:' || encode(c.spki_sha256, 'hex') FROM muster.credentials c
  WHERE c.identity_id = ANY ($1) AND c.spki_sha256 IS NOT NULL AND c.expires_at > now() - interval '1 day'
  UNION SELECT a.identifier FROM muster.identity_aliases a WHERE a.identity_id = ANY ($1)
  UNION SELECT i.spiffe_id FROM muster.identities i WHERE i.id = ANY ($1)`;
