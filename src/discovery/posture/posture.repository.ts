import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { Posture } from '../domain/posture/posture.js';
import type { RegisteredRight } from '../domain/posture/rights.js';
import type { AccountImage } from '../intake/places.repository.js';

/** What lies around a finding, as far as its posture depends on it. */
@Injectable()
export class PostureRepository {
  /** As its system lists it: the account itself, or the one that holds the credential. */
  async findAccount(tx: Tx, id: Id<'finding'>): Promise<AccountImage | undefined> {
    const rows = await tx.query<{ account: AccountImage }>(ACCOUNT, [id]);
    return rows[0]?.account;
  }

  async findIdentity(tx: Tx, id: string): Promise<Omit<NonNullable<Posture['identity']>, 'sharedWith'> | undefined> {
    const rows = await tx.query<Omit<NonNullable<Posture['identity']>, 'sharedWith'>>(IDENTITY, [id]);
    return rows[0];
  }

  /** The first are enough: an identity has 200 at most. */
  async rightsOf(tx: Tx, identityId: string): Promise<RegisteredRight[]> {
    const rows = await tx.query<{ grantId: string; scope: string; lastUsedAt: Date | null }>(RIGHTS, [identityId]);
    return rows.map((row) => ({ ...row, lastUsedAt: row.lastUsedAt?.toISOString() ?? null }));
  }

  async pathsOf(tx: Tx, id: Id<'finding'>): Promise<string[]> {
    const rows = await tx.query<{ path: string }>(PATHS, [id]);
    return rows.map(({ path }) => path);
  }
}

const ACCOUNT = `
  SELECT p.account FROM muster.discovery_places p
  WHERE p.gone_at IS NULL AND p.account IS NOT NULL AND p.finding_id IN (
    SELECT $1 UNION SELECT h.finding_id FROM muster.discovery_names m
    JOIN muster.discovery_names h ON h.name = m.name AND h.role = 'holds' WHERE m.finding_id = $1 AND m.role = 'mark')
  ORDER BY p.finding_id = $1 DESC, p.last_seen_at DESC LIMIT 1`;
const IDENTITY = `
  SELECT i.name, i.status, i.environment, h.status IS DISTINCT FROM 'active' AS unattended
  FROM muster.identities i LEFT JOIN muster.people h ON h.id = i.primary_custodian_id WHERE i.id = $1`;
const RIGHTS = `
  SELECT g.id AS "grantId", g.scope, g.last_used_at AS "lastUsedAt" FROM muster.grants g
  WHERE g.identity_id = $1 AND g.removed_at IS NULL ORDER BY g.id`;
const PATHS = `
  SELECT DISTINCT p.path FROM muster.discovery_places p WHERE p.finding_id = $1 AND p.gone_at IS NULL LIMIT 500`;
