import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import type { Approval, ApprovalState } from './domain/approval.js';
import { approversOf, type Approvers } from './domain/eligibility.js';
import { ApprovalsError } from './domain/errors.js';

export interface ApprovalFilter {
  readonly state?: ApprovalState | undefined;
  readonly subject?: string | undefined;
  readonly requester?: string | undefined;
  readonly action?: string | undefined;
}

@Injectable()
export class ApprovalsRepository {
  async get(tx: Tx, id: Id<'approval'>): Promise<Approval> {
    return known((await this.select(tx, 'WHERE a.id = $1', [id]))[0]);
  }

  async lock(tx: Tx, id: Id<'approval'>): Promise<Approval> {
    return known((await this.select(tx, 'WHERE a.id = $1 FOR UPDATE', [id]))[0]);
  }

  /** What is pending about one action on a subject: one at most. */
  async lockPending(tx: Tx, action: string, subject: string): Promise<Approval | undefined> {
    const where = `WHERE a.action = $1 AND a.subject = $2 AND a.state = 'pending' FOR UPDATE`;
    return (await this.select(tx, where, [action, subject]))[0];
  }

  async lockAllPending(tx: Tx, subject: string): Promise<Approval[]> {
    return this.select(tx, `WHERE a.subject = $1 AND a.state = 'pending' ORDER BY a.id FOR UPDATE`, [subject]);
  }

  /** The latest request for exactly this, whoever asked. */
  async lockLatest(tx: Tx, action: string, subject: string, digest: Buffer): Promise<Approval | undefined> {
    const where = `WHERE a.action = $1 AND a.subject = $2 AND a.payload_digest = $3 ORDER BY a.id DESC LIMIT 1 FOR UPDATE`;
    return (await this.select(tx, where, [action, subject, digest]))[0];
  }

  /** The latest request for exactly this by the same requester. */
  async lockLatestOf(tx: Tx, question: Question): Promise<Approval | undefined> {
    return (await this.select(tx, `${LATEST} FOR UPDATE`, valuesOf(question)))[0];
  }

  async countOpen(tx: Tx, requester: string, at: Date): Promise<number> {
    const rows = await tx.query<{ count: string }>(
      `SELECT count(*) FROM muster.approvals WHERE requester = $1 AND state = 'pending' AND expires_at > $2`,
      [requester, at],
    );
    return Number(rows[0]!.count);
  }

  /** What is open and involves none of these names, the newest first. */
  async listOpenBesides(
    tx: Tx,
    names: readonly string[],
    at: Date,
    before: string | undefined,
    count: number,
  ): Promise<Approval[]> {
    return this.select(
      tx,
      `WHERE a.state = 'pending' AND a.expires_at > $1 AND NOT (a.involved && $2::text[])
         AND ($3::text IS NULL OR a.id < $3) ORDER BY a.id DESC LIMIT $4`,
      [at, names, before ?? null, count],
    );
  }

  /** Pending past their time, those alone that no other replica is at. */
  async lockOverdue(tx: Tx, at: Date, count: number): Promise<Approval[]> {
    return this.select(
      tx,
      `WHERE a.state = 'pending' AND a.expires_at <= $1 ORDER BY a.expires_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [at, count],
    );
  }

  /** Approvals, the newest first. */
  async list(tx: Tx, filter: ApprovalFilter, before: string | undefined, count: number): Promise<Approval[]> {
    return this.select(
      tx,
      `WHERE ($1::text IS NULL OR a.state = $1) AND ($2::text IS NULL OR a.subject = $2) AND ($3::text IS NULL OR a.id < $3)
         AND ($5::text IS NULL OR a.requester = $5) AND ($6::text IS NULL OR a.action = $6)
       ORDER BY a.id DESC LIMIT $4`,
      [
        filter.state ?? null,
        filter.subject ?? null,
        before ?? null,
        count,
        filter.requester ?? null,
        filter.action ?? null,
      ],
    );
  }

  async insert(tx: Tx, approval: Approval): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.approvals (id, action, subject, payload_digest, payload, payload_withheld, summary, requester,
         involved, approvers, spendable_seconds, state, created_at, expires_at, version)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        approval.id,
        approval.action,
        approval.subject,
        approval.payloadDigest,
        approval.payload,
        approval.payloadWithheld,
        approval.summary,
        approval.requester,
        approval.involved,
        approval.approvers,
        approval.spendableSeconds,
        approval.state,
        approval.createdAt,
        approval.expiresAt,
        approval.version,
      ],
    );
  }

  async save(tx: Tx, approval: Approval): Promise<void> {
    await tx.execute(
      `UPDATE muster.approvals SET state = $2, decided_by = $3, decided_at = $4, reason = $5, spent_by = $6,
         spent_at = $7, version = $8, decided_for = $9, spent_in = $10 WHERE id = $1`,
      [
        approval.id,
        approval.state,
        approval.decidedBy,
        approval.decidedAt,
        approval.reason,
        approval.spentBy,
        approval.spentAt,
        approval.version,
        approval.decidedFor,
        approval.spentIn,
      ],
    );
  }

  private async select(tx: Tx, rest: string, parameters: readonly unknown[]): Promise<Approval[]> {
    const rows = await tx.query<ApprovalRow>(`SELECT ${COLUMNS} FROM muster.approvals a ${rest}`, parameters);
    return rows.map(approvalOf);
  }
}

/** What is asked, and by whom. */
export interface Question {
  readonly action: string;
  readonly subject: string;
  readonly requester: string;
  readonly digest: Buffer;
}

const LATEST = `WHERE a.action = $1 AND a.subject = $2 AND a.requester = $3 AND a.payload_digest = $4
  ORDER BY a.id DESC LIMIT 1`;

function valuesOf({ action, subject, requester, digest }: Question): unknown[] {
  return [action, subject, requester, digest];
}

const COLUMNS = `a.id, a.action, a.subject, a.payload_digest, a.payload, a.payload_withheld, a.summary, a.requester, a.involved,
  a.approvers, a.spendable_seconds, a.state, a.created_at, a.expires_at, a.decided_by, a.decided_for, a.decided_at, a.reason, a.spent_by, a.spent_at, a.spent_in, a.version`;

interface ApprovalRow {
  readonly id: Id<'approval'>;
  readonly action: string;
  readonly subject: string;
  readonly payload_digest: Buffer;
  readonly payload: string | null;
  readonly payload_withheld: boolean;
  readonly summary: string;
  readonly requester: string;
  readonly involved: string[];
  readonly approvers: Approvers | null;
  readonly spendable_seconds: number;
  readonly state: ApprovalState;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly decided_by: Id<'person'> | null;
  readonly decided_for: Id<'person'> | null;
  readonly decided_at: Date | null;
  readonly reason: string | null;
  readonly spent_by: string | null;
  readonly spent_at: Date | null;
  readonly spent_in: Id<'request'> | null;
  readonly version: number;
}

function approvalOf(row: ApprovalRow): Approval {
  return {
    id: row.id,
    action: row.action,
    subject: row.subject,
    payloadDigest: row.payload_digest,
    payload: row.payload,
    payloadWithheld: row.payload_withheld,
    summary: row.summary,
    requester: row.requester,
    involved: row.involved,
    approvers: row.approvers ?? approversOf(row.action),
    spendableSeconds: row.spendable_seconds,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by,
    decidedFor: row.decided_for,
    decidedAt: row.decided_at,
    reason: row.reason,
    spentBy: row.spent_by,
    spentAt: row.spent_at,
    spentIn: row.spent_in,
    version: row.version,
  };
}

function known(approval: Approval | undefined): Approval {
  if (!approval)
    throw new ApprovalsError('approval_not_found', 'No approval has that id; list approvals to find the right one.');
  return approval;
}
