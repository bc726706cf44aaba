import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import type { Approval, ApprovalState } from './domain/approval.js';
import { ApprovalsError } from './domain/errors.js';

export interface ApprovalFilter {
  readonly state?: ApprovalState | undefined;
  readonly subject?: string | undefined;
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

  /** The latest request for exactly this. */
  async lockLatest(tx: Tx, action: string, subject: string, digest: Buffer): Promise<Approval | undefined> {
    const where = `WHERE a.action = $1 AND a.subject = $2 AND a.payload_digest = $3 ORDER BY a.id DESC LIMIT 1 FOR UPDATE`;
    return (await this.select(tx, where, [action, subject, digest]))[0];
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
       ORDER BY a.id DESC LIMIT $4`,
      [filter.state ?? null, filter.subject ?? null, before ?? null, count],
    );
  }

  async insert(tx: Tx, approval: Approval): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.approvals (id, action, subject, payload_digest, summary, requester, involved, state, created_at,
         expires_at, version)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        approval.id,
        approval.action,
        approval.subject,
        approval.payloadDigest,
        approval.summary,
        approval.requester,
        approval.involved,
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
         spent_at = $7, version = $8 WHERE id = $1`,
      [
        approval.id,
        approval.state,
        approval.decidedBy,
        approval.decidedAt,
        approval.reason,
        approval.spentBy,
        approval.spentAt,
        approval.version,
      ],
    );
  }

  private async select(tx: Tx, rest: string, parameters: readonly unknown[]): Promise<Approval[]> {
    const rows = await tx.query<ApprovalRow>(`SELECT ${COLUMNS} FROM muster.approvals a ${rest}`, parameters);
    return rows.map(approvalOf);
  }
}

const COLUMNS = `a.id, a.action, a.subject, a.payload_digest, a.summary, a.requester, a.involved, a.state, a.created_at,
  a.expires_at, a.decided_by, a.decided_at, a.reason, a.spent_by, a.spent_at, a.version`;

interface ApprovalRow {
  readonly id: Id<'approval'>;
  readonly action: string;
  readonly subject: string;
  readonly payload_digest: Buffer;
  readonly summary: string;
  readonly requester: string;
  readonly involved: string[];
  readonly state: ApprovalState;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly decided_by: Id<'person'> | null;
  readonly decided_at: Date | null;
  readonly reason: string | null;
  readonly spent_by: string | null;
  readonly spent_at: Date | null;
  readonly version: number;
}

function approvalOf(row: ApprovalRow): Approval {
  return {
    id: row.id,
    action: row.action,
    subject: row.subject,
    payloadDigest: row.payload_digest,
    summary: row.summary,
    requester: row.requester,
    involved: row.involved,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    reason: row.reason,
    spentBy: row.spent_by,
    spentAt: row.spent_at,
    version: row.version,
  };
}

function known(approval: Approval | undefined): Approval {
  if (!approval)
    throw new ApprovalsError('approval_not_found', 'No approval has that id; list approvals to find the right one.');
  return approval;
}
