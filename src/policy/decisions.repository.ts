import { Injectable } from '@nestjs/common';
import { type Decision, type Id, principalName } from '../kernel/index.js';
import { Prepared, type Tx } from '../platform/index.js';
import type { PolicyInput } from './domain/input.js';
import type { Policy } from './domain/policy.js';

/** A decision as it is kept. */
export interface KeptDecision {
  readonly id: Id<'decision'>;
  readonly at: Date;
  readonly requestId: string | null;
  readonly input: PolicyInput;
  readonly decision: Decision;
}

export interface DecisionFilter {
  readonly principal?: string | undefined;
  readonly action?: string | undefined;
  readonly effect?: Decision['effect'] | undefined;
}

/** One text of JSON: to put a batch into words costs requests less than to quote it as arrays. */
const INSERT = new Prepared(`
  INSERT INTO muster.decisions (id, at, request_id, principal, action, effect, policy, question, decision)
  SELECT id, at, request, principal, question ->> 'action', decision ->> 'effect', decision ->> 'policy',
    question::text, decision::text
  FROM json_to_recordset($1::json)
    AS row (id text, at timestamptz, request text, principal text, question json, decision json)`);

/** Only this file knows the tables of decisions and of the policies that made them. */
@Injectable()
export class DecisionsRepository {
  async insertAll(
    tx: Tx,
    made: readonly (Omit<KeptDecision, 'requestId'> & { readonly requestId: string | undefined })[],
  ): Promise<void> {
    const rows = made.map(({ id, at, requestId, input, decision }) => {
      const principal = principalName(input.subject as never);
      return { id, at, request: requestId, principal, question: input, decision };
    });
    await tx.execute(INSERT, [JSON.stringify(rows)]);
  }

  /** The newest first, after that id; at most so many. */
  async list(tx: Tx, filter: DecisionFilter, before: string | undefined, count: number): Promise<KeptDecision[]> {
    const rows = await tx.query<Row>(
      `SELECT id, at, request_id, question, decision FROM muster.decisions
        WHERE ($1::text IS NULL OR principal = $1) AND ($2::text IS NULL OR action = $2)
          AND ($3::text IS NULL OR effect = $3) AND ($4::text IS NULL OR id < $4)
        ORDER BY id DESC LIMIT $5`,
      [filter.principal ?? null, filter.action ?? null, filter.effect ?? null, before ?? null, count],
    );
    return rows.map((row) => ({
      id: row.id,
      at: row.at,
      requestId: row.request_id,
      input: JSON.parse(row.question) as PolicyInput,
      decision: JSON.parse(row.decision) as Decision,
    }));
  }

  /** Keeps a policy's text under its name, so that what it decides can be decided again. */
  async keepPolicy(tx: Tx, { name, sha256, text }: Policy, at: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.policies (sha256, name, text, first_used_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (sha256) DO NOTHING`,
      [sha256, name, text, at],
    );
  }

  /** The text of a policy by the name that decisions give it. */
  async findPolicy(tx: Tx, name: string): Promise<string | undefined> {
    const [row] = await tx.query<{ text: string }>('SELECT text FROM muster.policies WHERE name = $1', [name]);
    return row?.text;
  }

  /** Makes the days ahead and drops those that are over 30 days old, by the owner's right. */
  async keepDays(tx: Tx): Promise<void> {
    await tx.query('SELECT muster.keep_decisions()');
  }
}

interface Row {
  readonly id: Id<'decision'>;
  readonly at: Date;
  readonly request_id: string | null;
  readonly question: string;
  readonly decision: string;
}
