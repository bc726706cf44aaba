import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import type { Verdict } from '../domain/resolution/verdict.js';
import { AGE_SQL, type Age } from './queue.repository.js';

/** How many of one verdict in one week, of which the first is 0. */
export interface WeekCount {
  readonly week: number;
  readonly verdict: Verdict;
  readonly count: number;
}

export interface AgeCount {
  readonly age: Age;
  readonly verdict: Verdict;
  readonly count: number;
}

/** What came, what went, and what is there. */
export interface Trends {
  readonly since: Date;
  readonly weeks: number;
  /** What somebody had to do something about, when it was first seen or opened again. */
  readonly found: readonly WeekCount[];
  /** What came to an end: it is registered, seen nowhere any more, or dismissed. */
  readonly ended: readonly WeekCount[];
  readonly waiting: readonly AgeCount[];
}

/** How the queue fares over time. What needed nobody from the beginning is in none of it. */
@Injectable()
export class TrendsRepository {
  found(tx: Tx, since: Date, at: Date): Promise<WeekCount[]> {
    return tx.query<WeekCount>(FOUND, [since, at]);
  }

  ended(tx: Tx, since: Date, at: Date): Promise<WeekCount[]> {
    return tx.query<WeekCount>(ENDED, [since, at]);
  }

  waiting(tx: Tx, at: Date): Promise<AgeCount[]> {
    return tx.query<AgeCount>(WAITING, [at]);
  }
}

const weekOf = (instant: string) => `floor(extract(epoch FROM ${instant} - $1::timestamptz) / 604800)::integer`;
/**
 * What a finding was before it first became something else is said in an event; what never became anything else is what it is. What
 * is settled from the beginning is most of all there is, and is not looked at. Nothing happened to it before it was first seen.
 */
const FOUND = `
  WITH firsts AS MATERIALIZED (
    SELECT DISTINCT ON (e.finding_id) e.finding_id, e.data ->> 'wasState' AS state FROM muster.discovery_events e
    JOIN muster.discovery_findings f ON f.id = e.finding_id AND f.first_seen_at > $1
    WHERE e.kind = 'resolved' AND e.at > $1 ORDER BY e.finding_id, e.id)
  SELECT week, verdict, count(*)::integer AS count FROM (
    SELECT ${weekOf('f.first_seen_at')} AS week, f.verdict FROM muster.discovery_findings f
    LEFT JOIN firsts x ON x.finding_id = f.id
    WHERE f.state IN ('open', 'retiring', 'dismissed', 'closed', 'merged') AND f.first_seen_at > $1 AND f.first_seen_at <= $2
      AND x.state IS DISTINCT FROM 'settled'
    UNION ALL
    SELECT ${weekOf('f.first_seen_at')}, f.verdict FROM firsts x
    JOIN muster.discovery_findings f ON f.id = x.finding_id AND f.state = 'settled'
    WHERE f.first_seen_at > $1 AND f.first_seen_at <= $2 AND x.state <> 'settled'
    UNION ALL
    SELECT ${weekOf('e.at')}, f.verdict FROM muster.discovery_events e
    JOIN muster.discovery_findings f ON f.id = e.finding_id
    WHERE e.at > $1 AND e.at <= $2 AND (e.kind = 'reopened'
      OR e.kind = 'resolved' AND e.data ->> 'state' = 'open' AND e.data ->> 'wasState' IN ('settled', 'closed', 'dismissed'))
  ) AS found GROUP BY week, verdict ORDER BY week, verdict`;
const ENDED = `
  SELECT ${weekOf('e.at')} AS week, coalesce(e.data ->> 'wasVerdict', f.verdict) AS verdict, count(*)::integer AS count
  FROM muster.discovery_events e JOIN muster.discovery_findings f ON f.id = e.finding_id
  WHERE e.at > $1 AND e.at <= $2 AND (e.kind = 'dismissed'
    OR e.kind = 'resolved' AND e.data ->> 'state' IN ('settled', 'closed') AND e.data ->> 'wasState' IN ('open', 'retiring'))
  GROUP BY 1, 2 ORDER BY 1, 2`;
const WAITING = `
  SELECT ${AGE_SQL('f.opened_at', '$1::timestamptz')} AS age, f.verdict, count(*)::integer AS count
  FROM muster.discovery_findings f WHERE f.state IN ('open', 'retiring') GROUP BY 1, 2 ORDER BY 1, 2`;
