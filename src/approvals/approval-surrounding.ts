import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Part, type Surrounding, Surroundings } from '../inventory/index.js';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';

/** The latest approvals about one identity, as far as a timeline looks. */
const MOST = 100;

/** Says under which approvals the log tells of an identity. */
@Injectable()
export class ApprovalSurrounding implements Surrounding, OnModuleInit {
  constructor(private readonly surroundings: Surroundings) {}

  onModuleInit(): void {
    this.surroundings.add(this);
  }

  async subjectsOf(tx: Tx, id: Id<'identity'>): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }>(
      'SELECT id FROM muster.approvals WHERE subject = $1 ORDER BY id DESC LIMIT $2',
      [id, MOST],
    );
    return rows.map((row) => row.id);
  }

  /** Consent opens nothing by itself. */
  async partsOf(): Promise<readonly Part[]> {
    return [];
  }
}
