import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Part, type Surrounding, Surroundings } from '../inventory/index.js';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';

/** The latest reviews of an identity, as far as anybody looks. */
const MOST = 100;

/** Says which reviews an identity was in: what became of it there is recorded under its item. */
@Injectable()
export class ReviewSurrounding implements Surrounding, OnModuleInit {
  constructor(private readonly surroundings: Surroundings) {}

  onModuleInit(): void {
    this.surroundings.add(this);
  }

  async subjectsOf(tx: Tx, id: Id<'identity'>): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }>(
      'SELECT i.id FROM muster.review_items i WHERE i.identity_id = $1 ORDER BY i.id DESC LIMIT $2',
      [id, MOST],
    );
    return rows.map((row) => row.id);
  }

  /** A review is no part of what an identity can reach. */
  partsOf(): Promise<readonly Part[]> {
    return Promise.resolve([]);
  }
}
