import { Injectable } from '@nestjs/common';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Registered } from '../domain/resolution/registry.js';
import { askedOnTargets, type KnownTarget, NAMED_TARGETS, nameOnTarget } from './target-accounts.js';

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
    const registered = await tx.query<Registered>(LOOK_UP, [
      rest('fingerprint:').filter(isHexadecimal),
      rest('public-key:').filter(isHexadecimal),
      rest('serial:'),
      names.filter((name) => !IN_THE_LEDGER.test(name)),
      rest('spiffe://').map((path) => `spiffe://${path}`),
    ]);
    const known = new Set(registered.map(({ identifier, identityId }) => `${identityId} ${identifier}`));
    const onTargets = await this.lookUpOnTargets(tx, names);
    return [
      ...registered,
      ...onTargets.filter(({ identifier, identityId }) => !known.has(`${identityId} ${identifier}`)),
    ];
  }

  /** Whose accounts on targets are is said where they are registered there: they need no alias. */
  private async lookUpOnTargets(tx: Tx, names: readonly string[]): Promise<Registered[]> {
    const accounts = names.filter((name) => ON_A_TARGET.test(name));
    if (accounts.length === 0) return [];
    const asked = askedOnTargets(accounts, await this.targets(tx));
    return asked.length === 0 ? [] : tx.query<Registered>(LOOK_UP_ON_TARGETS, [JSON.stringify(asked)]);
  }

  /** Those whose accounts sources could list: there are few. */
  targets(tx: Tx): Promise<KnownTarget[]> {
    return tx.query<KnownTarget>(TARGETS, [[...NAMED_TARGETS]]);
  }

  /** Accounts on these targets that are identities' which are not retired, by what sources call them. */
  async accountsOn(tx: Tx, targets: readonly KnownTarget[]): Promise<Registered[]> {
    const rows = await tx.query<Registered & { readonly targetId: string; readonly account: string }>(ACCOUNTS_ON, [
      targets.map(({ id }) => id),
    ]);
    const byId = new Map(targets.map((target) => [target.id, target]));
    return rows.flatMap(({ targetId, account, ...registered }) => {
      const identifier = nameOnTarget(byId.get(targetId)!, account);
      return identifier === undefined ? [] : [{ ...registered, identifier }];
    });
  }

  /** What sources call the accounts on targets that are these identities' now. */
  async accountsHeldBy(tx: Tx, identityIds: readonly string[]): Promise<readonly Pick<Registered, 'identifier'>[]> {
    const held = await tx.query<KnownTarget & { readonly account: string }>(HOLD_ON_TARGETS, [identityIds]);
    return held.flatMap(({ account, ...target }) => {
      const identifier = nameOnTarget(target, account);
      return identifier === undefined ? [] : [{ identifier }];
    });
  }

  /** Every name that an identity is known by: what depends on it is found by them. */
  async namesOf(tx: Tx, identityIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ name: string }>(NAMES_OF, [identityIds]);
    const held = await tx.query<KnownTarget & { readonly account: string }>(HELD_ON_TARGETS, [identityIds]);
    const onTargets = held.flatMap(({ account, ...target }) => nameOnTarget(target, account) ?? []);
    return [...new Set([...rows.map(({ name }) => name), ...onTargets])];
  }
}

/** Names that the ledger alone has. */
const IN_THE_LEDGER = /^fingerprint:/;
/** Names that an account on a target may have. */
const ON_A_TARGET = /^(?:account:)?(?:mysql|postgresql|redis):|^aws:\d{12}:user\//;

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

const TARGETS = `SELECT t.id, t.kind, t.place FROM muster.targets t WHERE t.status <> 'removed' AND t.kind = ANY ($1)`;
const LOOK_UP_ON_TARGETS = `
  SELECT asked.name AS identifier, ${IDENTITY}, NULL AS "credentialId", NULL AS ended
  FROM jsonb_to_recordset($1::jsonb) AS asked (name text, target_id text, account text, folded boolean)
  JOIN muster.target_accounts a ON a.target_id = asked.target_id AND a.removed_at IS NULL
    AND (a.account = asked.account OR asked.folded AND lower(a.account) = asked.account)
  JOIN muster.identities i ON i.id = a.identity_id`;
const ACCOUNTS_ON = `
  SELECT a.target_id AS "targetId", a.account, ${IDENTITY}, NULL AS "credentialId", NULL AS ended
  FROM muster.target_accounts a JOIN muster.identities i ON i.id = a.identity_id AND i.status <> 'retired'
  WHERE a.target_id = ANY ($1) AND a.removed_at IS NULL ORDER BY a.id`;
/** Also what was theirs: what was believed for its sake is resolved again. */
const HELD_ON_TARGETS = `
  SELECT t.id, t.kind, t.place, a.account FROM muster.target_accounts a JOIN muster.targets t ON t.id = a.target_id
  WHERE a.identity_id = ANY ($1)`;
const HOLD_ON_TARGETS = `${HELD_ON_TARGETS} AND a.removed_at IS NULL AND t.status <> 'removed'`;
const NAMES_OF = `
  SELECT 'fingerprint:' || encode(c.fingerprint, 'hex') AS name FROM muster.credentials c
  WHERE c.identity_id = ANY ($1) AND c.fingerprint IS NOT NULL
  UNION SELECT 'public-key:' || encode(c.spki_sha256, 'hex') FROM muster.credentials c
  WHERE c.identity_id = ANY ($1) AND c.spki_sha256 IS NOT NULL AND c.expires_at > now() - interval '1 day'
  UNION SELECT a.identifier FROM muster.identity_aliases a WHERE a.identity_id = ANY ($1)
  UNION SELECT i.spiffe_id FROM muster.identities i WHERE i.id = ANY ($1)`;
