import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { Prepared, type Tx } from '../platform/index.js';
import { IssuanceError } from './domain/errors.js';

interface AnyIntent {
  readonly id: Id<'intent'>;
  readonly profileId: Id<'profile'>;
  readonly profileVersion: number;
  /** The exact bytes to be signed. */
  readonly tbs: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface CertificateIntent extends AnyIntent {
  readonly kind: 'certificate';
  readonly certificateId: Id<'certificate'>;
  /** Null for the service's own certificate. */
  readonly identityId: Id<'identity'> | null;
  readonly receiptId: Id<'receipt'> | null;
  readonly authorityId: Id<'authority'>;
  /** Contents octets of the serial number. */
  readonly serial: Buffer;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
}

export interface TokenIntent extends AnyIntent {
  readonly kind: 'token';
  readonly tokenId: Id<'token'>;
  readonly identityId: Id<'identity'>;
  readonly receiptId: Id<'receipt'>;
  readonly signingKeyId: Id<'signingKey'>;
}

/** The state on which an intent may be recorded: neither row may have moved on since it was judged (decision 5). */
export interface Footing {
  readonly identityId: Id<'identity'>;
  readonly identityVersion: number;
  readonly trust: { readonly id: Id<'trust'>; readonly version: number } | null;
}

const INSERT = `
  INSERT INTO muster.intents
    (id, kind, credential_id, repeats, identity_id, authority_id, signing_key_id, profile_id, profile_version, tbs, spki,
     serial, not_before, not_after, receipt_id)`;
const PARAMETERS = `$1, $2, $3, $4, $5, $6, $7, $8, $9::integer, $10::bytea, $11::bytea, $12::bytea,
  $13::timestamptz, $14::timestamptz, $15`;
const CERTIFICATE = `id, kind, credential_id AS "certificateId", identity_id AS "identityId", receipt_id AS "receiptId",
  authority_id AS "authorityId", profile_id AS "profileId", profile_version AS "profileVersion", tbs, spki, serial,
  not_before AS "notBefore", not_after AS "notAfter"`;
const INSERT_ON_FOOTING = new Prepared(
  `${INSERT} SELECT ${PARAMETERS}
   FROM muster.identities AS identity
   WHERE identity.id = $16 AND identity.version = $17 AND identity.status = 'active'
     AND ($18::text IS NULL
          OR EXISTS (SELECT FROM muster.trusts AS trust WHERE trust.id = $18 AND trust.version = $19 FOR SHARE))
   FOR SHARE OF identity`,
);
const FIRST = `SELECT ${CERTIFICATE} FROM muster.intents WHERE kind = 'certificate' AND repeats IS NULL`;
const FIRST_OF = new Prepared(`${FIRST} AND credential_id = $1`);
const FIRST_BY_SERIAL = new Prepared(`${FIRST} AND serial = $1`);

/** What is recorded before anything is signed. Rows are added, never changed. */
@Injectable()
export class IntentsRepository {
  /**
   * Records an intent for an identity, on the condition that identity and trust are still as they were judged. Both
   * rows are locked `FOR SHARE`: a suspension answered before this commits makes it fail, a later one waits for it.
   *
   * @throws IssuanceError `standing_changed`
   */
  async insert(tx: Tx, intent: CertificateIntent | TokenIntent, footing: Footing): Promise<void> {
    const recorded = await tx.execute(INSERT_ON_FOOTING, [
      ...parametersOf(intent, null),
      footing.identityId,
      footing.identityVersion,
      footing.trust?.id ?? null,
      footing.trust?.version ?? null,
    ]);
    if (recorded !== 1)
      throw new IssuanceError('standing_changed', 'The identity or its trust changed just now. Ask again.');
  }

  /** Records an intent for the service's own certificate. */
  async insertOwn(tx: Tx, intent: CertificateIntent): Promise<void> {
    await tx.execute(`${INSERT} VALUES (${PARAMETERS})`, parametersOf(intent, null));
  }

  /** Records that the same bytes are to be signed once more, for the same holder (decision 10). */
  async insertRepeat(tx: Tx, first: CertificateIntent, id: Id<'intent'>): Promise<void> {
    await tx.execute(`${INSERT} VALUES (${PARAMETERS})`, parametersOf({ ...first, id }, first.id));
  }

  /** The first intent of a certificate. */
  async findCertificate(tx: Tx, id: Id<'certificate'>): Promise<CertificateIntent | undefined> {
    return (await tx.query<CertificateIntent>(FIRST_OF, [id]))[0];
  }

  async findBySerial(tx: Tx, serial: Buffer): Promise<CertificateIntent | undefined> {
    return (await tx.query<CertificateIntent>(FIRST_BY_SERIAL, [serial]))[0];
  }
}

function parametersOf(intent: CertificateIntent | TokenIntent, repeats: Id<'intent'> | null): unknown[] {
  const certificate = intent.kind === 'certificate' ? intent : undefined;
  const token = intent.kind === 'token' ? intent : undefined;
  return [
    intent.id,
    intent.kind,
    certificate?.certificateId ?? token?.tokenId,
    repeats,
    intent.identityId,
    certificate?.authorityId ?? null,
    token?.signingKeyId ?? null,
    intent.profileId,
    intent.profileVersion,
    intent.tbs,
    certificate?.spki ?? null,
    certificate?.serial ?? null,
    intent.notBefore,
    intent.notAfter,
    intent.receiptId,
  ];
}
