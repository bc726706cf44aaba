import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Part, type Surrounding, Surroundings } from '../inventory/index.js';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';

/** The latest trusts of an identity, as far as anybody looks. */
const MOST = 100;

interface TrustRow {
  readonly id: string;
  readonly subject: string;
  readonly status: string;
  readonly provider_id: string;
  readonly provider_name: string;
  readonly issuer: string;
}

/** Says whose tokens could mint an identity. */
@Injectable()
export class TrustSurrounding implements Surrounding, OnModuleInit {
  constructor(private readonly surroundings: Surroundings) {}

  onModuleInit(): void {
    this.surroundings.add(this);
  }

  /** Removed ones too: their records stay. */
  async subjectsOf(tx: Tx, id: Id<'identity'>): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }>(
      'SELECT id FROM muster.trusts WHERE identity_id = $1 ORDER BY id DESC LIMIT $2',
      [id, MOST],
    );
    return rows.map((row) => row.id);
  }

  async partsOf(tx: Tx, id: Id<'identity'>): Promise<readonly Part[]> {
    const rows = await tx.query<TrustRow>(
      `SELECT t.id, t.subject, t.status, p.id AS provider_id, p.name AS provider_name, p.issuer
       FROM muster.trusts t JOIN muster.providers p ON p.id = t.provider_id
       WHERE t.identity_id = $1 AND t.status <> 'removed' ORDER BY t.id DESC LIMIT $2`,
      [id, MOST],
    );
    return rows.flatMap((row) => partsOf(row, id));
  }
}

function partsOf({ id, subject, status, provider_id, provider_name, issuer }: TrustRow, identityId: string): Part[] {
  return [
    {
      node: { id: provider_id, kind: 'provider', name: provider_name, detail: issuer },
      edges: [{ from: provider_id, to: id, words: 'vouches for' }],
    },
    {
      node: { id, kind: 'trust', name: subject, detail: status },
      edges: [
        { from: id, to: identityId, words: status === 'active' ? 'can become' : 'could become, were it active,' },
      ],
    },
  ];
}
