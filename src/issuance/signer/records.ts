import type { Profile } from '../domain/profile.js';
import type { Installation, RecordedIntent } from './recorded.js';
import { Refusal } from './refusal.js';

/** An authority as the signer reads it: its certificate, and its key still sealed. */
export interface RecordedAuthority {
  readonly id: string;
  readonly state: string;
  readonly certificate: Buffer;
  readonly sealedKey: Buffer;
}

/** A token key as the signer reads it, still sealed. */
export interface RecordedSigningKey {
  readonly id: string;
  readonly publicKey: Buffer;
  readonly sealedKey: Buffer;
}

/** A revocation list as it was recorded, to be signed. */
export interface RecordedList {
  readonly id: string;
  readonly authorityId: string;
  readonly number: bigint;
  readonly tbs: Buffer;
  readonly ageSeconds: number;
  /** The highest number this authority's signed lists have reached; 0 when there is none. */
  readonly highestSigned: bigint;
}

type IntentRow = Omit<RecordedIntent, 'profile' | 'repeats'> & {
  readonly profileFields: Profile;
  readonly repeatedTbs: Buffer | null;
  readonly repeatedCredentialId: string | null;
};

const INTENTS = `
  SELECT intent.id, intent.kind, intent.credential_id AS "credentialId", intent.identity_id AS "identityId",
    identity.spiffe_id AS "spiffeId", intent.authority_id AS "authorityId", intent.signing_key_id AS "signingKeyId",
    intent.profile_version AS "profileVersion", intent.tbs, intent.spki, intent.serial,
    intent.not_before AS "notBefore", intent.not_after AS "notAfter",
    extract(epoch FROM clock_timestamp() - intent.recorded_at)::float8 AS "ageSeconds",
    coalesce(credential.revoked_at IS NOT NULL, false) AS revoked,
    first.tbs AS "repeatedTbs", first.credential_id AS "repeatedCredentialId",
    json_build_object('id', profile.id, 'name', profile.name, 'kind', profile.kind,
      'defaultTtlSeconds', profile.default_ttl_seconds, 'maxTtlSeconds', profile.max_ttl_seconds,
      'dnsSuffixes', profile.dns_suffixes, 'version', profile.version) AS "profileFields"
  FROM muster.intents AS intent
  JOIN muster.profiles AS profile ON profile.id = intent.profile_id
  LEFT JOIN muster.identities AS identity ON identity.id = intent.identity_id
  LEFT JOIN muster.credentials AS credential ON credential.id = intent.credential_id
  LEFT JOIN muster.intents AS first ON first.id = intent.repeats
  WHERE intent.id = ANY ($1::text[])`;
const LIST = `
  SELECT list.id, list.authority_id AS "authorityId", list.number, list.tbs,
    extract(epoch FROM clock_timestamp() - list.recorded_at)::float8 AS "ageSeconds",
    (SELECT coalesce(max(number), 0) FROM muster.crls AS signed
      WHERE signed.authority_id = list.authority_id AND signed.der IS NOT NULL) AS "highestSigned"
  FROM muster.crls AS list WHERE list.id = $1`;

/** Runs a query with the signer's own database role. */
export interface Reader {
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

/** What is recorded, read with the signer's own database role after it was committed: never what it was told. */
export class Records {
  constructor(private readonly database: Reader) {}

  /** @throws Refusal `intent_unknown` when any of them is not there */
  async intents(ids: readonly string[]): Promise<readonly RecordedIntent[]> {
    const rows = await this.database.query<IntentRow>(INTENTS, [ids]);
    if (rows.length !== new Set(ids).size) throw new Refusal('intent_unknown', 'The signer finds no such intent.');
    return rows.map(({ profileFields, repeatedTbs, repeatedCredentialId, ...row }) => ({
      ...row,
      profile: profileFields,
      repeats: repeatedTbs && { tbs: repeatedTbs, credentialId: repeatedCredentialId! },
    }));
  }

  async list(id: string): Promise<RecordedList> {
    const [row] = await this.database.query<Omit<RecordedList, 'number' | 'highestSigned'> & Record<string, string>>(
      LIST,
      [id],
    );
    if (!row) throw new Refusal('intent_unknown', 'The signer finds no such revocation list.');
    return { ...row, number: BigInt(row['number']!), highestSigned: BigInt(row['highestSigned']!) };
  }

  async authority(id: string): Promise<RecordedAuthority> {
    const [row] = await this.database.query<RecordedAuthority>(
      `SELECT id, state, certificate, sealed_key AS "sealedKey" FROM muster.authorities WHERE id = $1`,
      [id],
    );
    if (!row) throw new Refusal('key_unknown', 'The signer finds no such authority.');
    return row;
  }

  signingKeys(): Promise<readonly RecordedSigningKey[]> {
    return this.database.query<RecordedSigningKey>(
      `SELECT id, public_key AS "publicKey", sealed_key AS "sealedKey" FROM muster.signing_keys ORDER BY id`,
    );
  }

  async installation(): Promise<Installation> {
    const [row] = await this.database.query<Installation>(
      `SELECT trust_domain AS "trustDomain", public_url AS "publicUrl" FROM muster.installation`,
    );
    if (!row) throw new Refusal('key_unknown', 'The installation has no name yet. Start the service once more.');
    return row;
  }
}
