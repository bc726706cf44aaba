import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';

export const DATE_KINDS = ['campaign-due', 'schedule-next', 'risk-analysis-expires', 'exception-ends'] as const;
export type DateKind = (typeof DATE_KINDS)[number];

/** Something that is to be done by an instant, or happens then. */
export interface CalendarDate {
  readonly at: Date;
  readonly kind: DateKind;
  readonly id: string;
  /** What it is called; of an exception, the campaign it is in. */
  readonly name: string;
}

@Injectable()
export class CalendarRepository {
  /** What lies within a time, the first first. */
  list(tx: Tx, from: Date, to: Date, count: number): Promise<CalendarDate[]> {
    return tx.query<CalendarDate>(LIST, [from, to, count]);
  }
}

const LIST = `
  SELECT * FROM (
    (SELECT c.due_at AS at, 'campaign-due' AS kind, c.id, c.name FROM muster.review_campaigns c
     WHERE c.state IN ('staging', 'open') AND c.due_at >= $1 AND c.due_at < $2 ORDER BY c.due_at, c.id LIMIT $3)
    UNION ALL
    (SELECT s.next_at, 'schedule-next', s.id, s.name FROM muster.review_schedules s
     WHERE s.status = 'active' AND s.next_at >= $1 AND s.next_at < $2 ORDER BY s.next_at, s.id LIMIT $3)
    UNION ALL
    (SELECT a.expires_at, 'risk-analysis-expires', a.id, a.title FROM muster.risk_analyses a
     WHERE a.status = 'approved' AND a.expires_at >= $1 AND a.expires_at < $2 ORDER BY a.expires_at, a.id LIMIT $3)
    UNION ALL
    (SELECT x.ends_at, 'exception-ends', x.id, c.name FROM muster.review_exceptions x
     JOIN muster.review_campaigns c ON c.id = x.campaign_id
     WHERE x.ended_at IS NULL AND x.ends_at >= $1 AND x.ends_at < $2 ORDER BY x.ends_at, x.id LIMIT $3)
  ) AS dates ORDER BY at, id LIMIT $3`;
