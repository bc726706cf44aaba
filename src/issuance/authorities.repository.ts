import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { type MadeKey, Prepared, type Tx } from '../platform/index.js';
import type { Authority } from './domain/authority.js';
import { IssuanceError } from './domain/errors.js';
import type { Profile } from './domain/profile.js';

/** A key that signs access tokens; its private half only the signer can open. */
export interface SigningKey {
  readonly id: Id<'signingKey'>;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  readonly state: 'active' | 'retired';
}

const AUTHORITY = `id, kind, state, issuer_id AS "issuerId", certificate, subject_key_id AS "subjectKeyId",
  not_before AS "notBefore", not_after AS "notAfter"`;
const PROFILE = `id, name, kind, default_ttl_seconds AS "defaultTtlSeconds", max_ttl_seconds AS "maxTtlSeconds",
  dns_suffixes AS "dnsSuffixes", version`;
const LIST = new Prepared(`SELECT ${AUTHORITY} FROM muster.authorities ORDER BY id`);
const ACTIVE = new Prepared(`SELECT ${AUTHORITY} FROM muster.authorities WHERE state = 'active' AND kind = $1`);
const SIGNING_KEYS = new Prepared(`SELECT id, public_key AS "publicKey", state FROM muster.signing_keys ORDER BY id`);
const PROFILE_NAMED = new Prepared(`SELECT ${PROFILE} FROM muster.profiles WHERE name = $1`);
const PROFILE_BY_ID = new Prepared(`SELECT ${PROFILE} FROM muster.profiles WHERE id = $1`);
/** Nothing else takes this lock: who founds the installation holds it until that is committed. */
const FOUNDING_LOCK = `SELECT pg_advisory_xact_lock(hashtext('muster.founding'))`;

/** Authorities, token keys and profiles. */
@Injectable()
export class AuthoritiesRepository {
  async lockFounding(tx: Tx): Promise<void> {
    await tx.query(FOUNDING_LOCK);
  }

  list(tx: Tx): Promise<Authority[]> {
    return tx.query<Authority>(LIST);
  }

  async find(tx: Tx, id: Id<'authority'>): Promise<Authority | undefined> {
    return (await tx.query<Authority>(`SELECT ${AUTHORITY} FROM muster.authorities WHERE id = $1`, [id]))[0];
  }

  async getActive(tx: Tx, kind: Authority['kind']): Promise<Authority> {
    const [authority] = await tx.query<Authority>(ACTIVE, [kind]);
    if (!authority) throw new IssuanceError('authority_unavailable', 'No authority is active yet. Try again shortly.');
    return authority;
  }

  async insert(tx: Tx, authority: Authority, sealedKey: Buffer): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.authorities
         (id, kind, state, issuer_id, certificate, subject_key_id, sealed_key, not_before, not_after, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8)`,
      [
        authority.id,
        authority.kind,
        authority.state,
        authority.issuerId,
        authority.certificate,
        authority.subjectKeyId,
        sealedKey,
        authority.notBefore,
        authority.notAfter,
      ],
    );
  }

  listSigningKeys(tx: Tx): Promise<SigningKey[]> {
    return tx.query<SigningKey>(SIGNING_KEYS);
  }

  async getActiveSigningKey(tx: Tx): Promise<SigningKey> {
    const key = (await this.listSigningKeys(tx)).find(({ state }) => state === 'active');
    if (!key) throw new IssuanceError('authority_unavailable', 'No token key is active yet. Try again shortly.');
    return key;
  }

  async insertSigningKey(tx: Tx, made: MadeKey, at: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.signing_keys (id, algorithm, state, public_key, sealed_key, created_at)
       VALUES ($1, 'ES256', 'active', $2, $3, $4)`,
      [made.id, made.publicKey, made.sealedKey, at],
    );
  }

  async getProfile(tx: Tx, name: string): Promise<Profile> {
    const [profile] = await tx.query<Profile>(PROFILE_NAMED, [name]);
    if (!profile)
      throw new IssuanceError('profile_not_found', 'There is no such profile; leave it out for the default.');
    return profile;
  }

  async getProfileById(tx: Tx, id: Id<'profile'>): Promise<Profile> {
    const [profile] = await tx.query<Profile>(PROFILE_BY_ID, [id]);
    if (!profile) throw new IssuanceError('profile_not_found', 'The profile of this certificate is gone.');
    return profile;
  }
}
