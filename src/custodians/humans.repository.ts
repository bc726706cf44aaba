import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import type { Accounts } from './domain/human.js';

/** Why accounts are one human's, and who said so. */
export interface Link {
  readonly humanId: Id<'human'>;
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
}

@Injectable()
export class HumansRepository {
  /** All accounts of the human behind this one. */
  async accountsOf(tx: Tx, id: Id<'person'>): Promise<Accounts> {
    const rows = await tx.query<{ person_id: Id<'person'> }>(
      `SELECT o.person_id FROM muster.humans h JOIN muster.humans o USING (human_id) WHERE h.person_id = $1 ORDER BY 1`,
      [id],
    );
    return rows.length > 0 ? rows.map(({ person_id }) => person_id) : [id];
  }

  /** The human behind each of these names, where somebody said that it has more than one account. */
  async humansOf(tx: Tx, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await tx.query<{ person_id: string; human_id: string }>(
      'SELECT person_id, human_id FROM muster.humans WHERE person_id = ANY ($1)',
      [names],
    );
    return new Map(rows.map(({ person_id, human_id }) => [person_id, human_id]));
  }

  /** These names and all accounts of the humans behind them. */
  async namesakes(tx: Tx, names: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ person_id: string }>(
      `SELECT o.person_id FROM muster.humans h JOIN muster.humans o USING (human_id) WHERE h.person_id = ANY ($1)`,
      [names],
    );
    return [...new Set([...names, ...rows.map(({ person_id }) => person_id)])];
  }

  async link(tx: Tx, accounts: Accounts, link: Link): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.humans (person_id, human_id, linked_by, linked_at, reason)
       SELECT account, $2, $3, $4, $5 FROM unnest($1::text[]) AS list (account)
       ON CONFLICT (person_id) DO UPDATE SET human_id = excluded.human_id, linked_by = excluded.linked_by,
         linked_at = excluded.linked_at, reason = excluded.reason`,
      [accounts, link.humanId, link.by, link.at, link.reason],
    );
  }

  async part(tx: Tx, accounts: Accounts): Promise<void> {
    await tx.execute('DELETE FROM muster.humans WHERE person_id = ANY ($1)', [accounts]);
  }
}
