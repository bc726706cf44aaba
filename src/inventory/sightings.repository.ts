import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { Prepared, type Tx } from '../platform/index.js';
import type { Sighting } from './reach/domain/parts.js';

/** A credential, used at an enforcement point. */
export interface Seen {
  readonly credentialId: string;
  readonly pointId: Id<'identity'>;
  readonly at: Date;
}

/** Where identities were seen, as enforcement points report it: no record (decision 2), a line for each pair. */
@Injectable()
export class SightingsRepository {
  /** Notes where the holders of credentials were seen, in order of id. The later one stays. */
  async note(tx: Tx, seen: readonly Seen[]): Promise<void> {
    await tx.execute(NOTE, [
      seen.map(({ credentialId }) => credentialId),
      seen.map(({ pointId }) => pointId),
      seen.map(({ at }) => at),
    ]);
  }

  /** The points where an identity was seen, the latest first. */
  async listOf(tx: Tx, id: Id<'identity'>, count: number): Promise<Sighting[]> {
    return tx.query<Sighting>(
      `SELECT s.point_id AS "pointId", p.name AS "pointName", s.last_seen_at AS "lastSeenAt"
       FROM muster.sightings s JOIN muster.identities p ON p.id = s.point_id
       WHERE s.identity_id = $1 ORDER BY s.last_seen_at DESC, s.point_id LIMIT $2`,
      [id, count],
    );
  }
}

const NOTE = new Prepared(
  `INSERT INTO muster.sightings AS known (identity_id, point_id, last_seen_at)
   SELECT c.identity_id, u.point_id, max(u.at)
   FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS u (credential_id, point_id, at)
   JOIN muster.credentials c ON c.id = u.credential_id GROUP BY 1, 2 ORDER BY 1, 2
   ON CONFLICT (identity_id, point_id) DO UPDATE SET last_seen_at = excluded.last_seen_at
   WHERE excluded.last_seen_at > known.last_seen_at`,
);
