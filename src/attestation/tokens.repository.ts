import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { Prepared, type Tx } from '../platform/index.js';
import type { JoinToken } from './domain/join-token.js';
import type { Proof } from './domain/proof.js';
import type { Use } from './domain/use.js';

interface JoinTokenRow {
  readonly id: Id<'joinToken'>;
  readonly identity_id: Id<'identity'>;
  readonly digest: Buffer;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
}

const INSERT_USE = new Prepared(`
  INSERT INTO muster.attestation_uses
    (token_digest, spki_sha256, identity_id, trust_id, trust_version, join_token_id, used_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (token_digest) DO NOTHING`);
const BIND_USE = new Prepared(
  'UPDATE muster.attestation_uses SET certificate_id = $2 WHERE token_digest = $1 AND certificate_id IS NULL',
);

/** Tokens that were given and tokens that were used, by their digests. */
@Injectable()
export class TokensRepository {
  async insertJoinToken(tx: Tx, token: JoinToken): Promise<void> {
    await tx.query(
      `INSERT INTO muster.join_tokens (id, identity_id, digest, created_by, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [token.id, token.identityId, token.digest, token.createdBy, token.createdAt, token.expiresAt],
    );
  }

  async findJoinToken(tx: Tx, digest: Buffer): Promise<JoinToken | undefined> {
    const rows = await tx.query<JoinTokenRow>(`SELECT * FROM muster.join_tokens WHERE digest = $1`, [digest]);
    return rows.map(joinTokenOf)[0];
  }

  /**
   * Notes the first use of a token. Waits for another transaction that is about to use the same one, so that of all who
   * try at once exactly one is first (P21).
   *
   * @param at instant of use, UTC
   * @returns whether this was the first
   */
  async insertUse(tx: Tx, proof: Proof, spkiSha256: Buffer, at: Date): Promise<boolean> {
    const { tokenDigest, identityId, trustId, trustVersion, joinTokenId, expiresAt } = proof;
    const values = [tokenDigest, spkiSha256, identityId, trustId, trustVersion, joinTokenId, at, expiresAt];
    return (await tx.execute(INSERT_USE, values)) === 1;
  }

  /** Takes the row of a use, so that two retries with the same key follow one another. */
  async lockUse(tx: Tx, tokenDigest: Buffer): Promise<Use | undefined> {
    const rows = await tx.query<Use>(
      `SELECT spki_sha256 AS "spkiSha256", identity_id AS "identityId", certificate_id AS "certificateId"
       FROM muster.attestation_uses WHERE token_digest = $1 FOR UPDATE`,
      [tokenDigest],
    );
    return rows[0];
  }

  /** Notes which certificate a use gave. Once: the database refuses a second. */
  async bindUse(tx: Tx, tokenDigest: Buffer, certificateId: Id<'certificate'>): Promise<boolean> {
    return (await tx.execute(BIND_USE, [tokenDigest, certificateId])) === 1;
  }

  /** Forgets uses and join tokens that expired before an instant. Returns how many rows went. */
  async deleteExpired(tx: Tx, before: Date): Promise<number> {
    const uses = await tx.execute(`DELETE FROM muster.attestation_uses WHERE expires_at < $1`, [before]);
    const joinTokens = await tx.execute(
      `DELETE FROM muster.join_tokens j WHERE expires_at < $1
       AND NOT EXISTS (SELECT FROM muster.attestation_uses u WHERE u.join_token_id = j.id)`,
      [before],
    );
    return uses + joinTokens;
  }
}

function joinTokenOf(row: JoinTokenRow): JoinToken {
  return {
    id: row.id,
    identityId: row.identity_id,
    digest: row.digest,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
