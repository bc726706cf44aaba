import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { CertificateUse } from '../../issuance/index.js';

/** That an identity's certificates rotate. */
export interface CertificateDuty {
  readonly observeSeconds: number;
  readonly nextDueAt: Date | null;
  readonly currentVersion: number;
  /** What is issued before it goes; null while no run is under way. */
  readonly line: Date | null;
  /** Whether what was shown is from after the line already. */
  readonly shownIsNew: boolean;
}

/** Which certificates are to go: those before the line that the newest run announced, in the survey of its first step. */
@Injectable()
export class DutiesRepository {
  /** The line that was announced last; null before the first. */
  async findLine(tx: Tx, rotationId: Id<'rotation'>): Promise<Date | null> {
    return (await tx.query<{ line: Date }>(LINE, [rotationId]))[0]?.line ?? null;
  }

  /** @param shown the certificate that was shown, if one was */
  async find(
    tx: Tx,
    identityId: Id<'identity'>,
    shown: Id<'certificate'> | null,
  ): Promise<CertificateDuty | undefined> {
    return (await tx.query<CertificateDuty>(DUTY, [identityId, shown]))[0];
  }

  /** Notes uses of certificates while a run watches them, as uses of the one that goes or the one that stays. */
  async note(tx: Tx, uses: readonly CertificateUse[]): Promise<void> {
    await tx.execute(NOTE, [
      uses.map(({ credentialId }) => credentialId),
      uses.map(({ address }) => address),
      uses.map(({ at }) => at),
    ]);
  }
}

const ANNOUNCED = `(s.survey ->> 'announcedAt')::timestamptz`;
/** To the second, and a little in the past: as issuance dates them. */
const ISSUED = `c.not_before + interval '30 seconds'`;
const LINE = new Prepared(
  `SELECT ${ANNOUNCED} AS line FROM muster.rotation_runs n
   JOIN muster.rotation_steps s ON s.run_id = n.id AND s.direction = 'forth' AND s.step = 'create'
   WHERE n.rotation_id = $1 AND s.survey IS NOT NULL ORDER BY n.id DESC LIMIT 1`,
);
const DUTY = new Prepared(
  `SELECT r.observe_seconds AS "observeSeconds", r.next_due_at AS "nextDueAt", r.current_version AS "currentVersion",
     ${ANNOUNCED} AS line, coalesce(${ISSUED} >= ${ANNOUNCED}, false) AS "shownIsNew"
   FROM muster.rotations r
   LEFT JOIN muster.rotation_runs n ON n.rotation_id = r.id AND n.ended_at IS NULL
   LEFT JOIN muster.rotation_steps s ON s.run_id = n.id AND s.direction = 'forth' AND s.step = 'create'
   LEFT JOIN muster.credentials c ON c.id = $2
   WHERE r.identity_id = $1 AND r.target_id IS NULL AND r.status <> 'removed'`,
);
const NOTE = new Prepared(
  `INSERT INTO muster.rotation_watches AS known (run_id, version, address, application, first_seen_at, last_seen_at, open)
   SELECT n.id, CASE WHEN ${ISSUED} < ${ANNOUNCED} THEN coalesce(n.old_version, 0) ELSE n.new_version END,
     u.address, u.id, min(u.at), max(u.at), false
   FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS u (id, address, at)
   JOIN muster.credentials c ON c.id = u.id
   JOIN muster.rotations r ON r.identity_id = c.identity_id AND r.target_id IS NULL
   JOIN muster.rotation_runs n ON n.rotation_id = r.id AND n.ended_at IS NULL
   JOIN muster.rotation_steps s ON s.run_id = n.id AND s.direction = 'forth' AND s.step = 'create'
   GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
   ON CONFLICT ON CONSTRAINT rotation_watches_pk DO UPDATE SET
     first_seen_at = least(known.first_seen_at, EXCLUDED.first_seen_at),
     last_seen_at = greatest(known.last_seen_at, EXCLUDED.last_seen_at)`,
);
