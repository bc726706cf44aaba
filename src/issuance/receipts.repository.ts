import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson, type Id, type Json } from '../kernel/index.js';
import { Keystore, Prepared, type Tx } from '../platform/index.js';
import type { Receipt, ReceiptDecision, ReceiptSource } from './domain/receipt.js';

interface Row {
  readonly id: Id<'receipt'>;
  readonly credential_id: Receipt['credentialId'];
  readonly identity_id: Id<'identity'>;
  readonly kind: ReceiptSource['kind'];
  readonly source_id: string;
  readonly source_version: number | null;
  readonly claims: Buffer;
  readonly decision: ReceiptDecision;
  readonly created_at: Date;
}

const INSERT = new Prepared(
  `INSERT INTO muster.receipts
     (id, credential_id, identity_id, kind, source_id, source_version, claims, claims_sha256, decision, created_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

/** Receipts: added with their credential, never changed. Claims are sealed to their row. */
@Injectable()
export class ReceiptsRepository {
  constructor(private readonly keystore: Keystore) {}

  async insert(tx: Tx, receipt: Receipt): Promise<void> {
    await tx.execute(INSERT, [
      receipt.id,
      receipt.credentialId,
      receipt.identityId,
      receipt.source.kind,
      receipt.source.id,
      receipt.source.version,
      this.keystore.seal(placeOf(receipt.id), Buffer.from(canonicalJson(receipt.claims))),
      claimsDigest(receipt.claims),
      JSON.stringify(receipt.decision),
      receipt.createdAt,
    ]);
  }

  async findByCredential(tx: Tx, credentialId: Receipt['credentialId']): Promise<Receipt | undefined> {
    const [row] = await tx.query<Row>(`SELECT * FROM muster.receipts WHERE credential_id = $1`, [credentialId]);
    return row && this.toReceipt(row);
  }

  /** The longest lifetime that the trust behind a credential allows; null when it sets none. */
  async trustSecondsOf(tx: Tx, credentialId: Receipt['credentialId']): Promise<number | null> {
    const [row] = await tx.query<{ decision: ReceiptDecision }>(
      `SELECT decision FROM muster.receipts WHERE credential_id = $1`,
      [credentialId],
    );
    return row?.decision.trustSeconds ?? null;
  }

  private toReceipt(row: Row): Receipt {
    const claims = this.keystore.open(placeOf(row.id), row.claims).toString('utf8');
    return {
      id: row.id,
      credentialId: row.credential_id,
      identityId: row.identity_id,
      source: { kind: row.kind, id: row.source_id, version: row.source_version } as ReceiptSource,
      claims: JSON.parse(claims) as Json,
      decision: row.decision,
      createdAt: row.created_at,
    };
  }
}

/** SHA-256 of the claims' canonical form: what the log holds of them. */
export function claimsDigest(claims: Json): Buffer {
  return createHash('sha256').update(canonicalJson(claims)).digest();
}

function placeOf(id: Id<'receipt'>) {
  return { table: 'muster.receipts', row: id, field: 'claims' };
}
