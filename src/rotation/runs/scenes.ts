import { Injectable } from '@nestjs/common';
import type { IdentityStatus } from '../../inventory/index.js';
import { Prepared, UnitOfWork } from '../../platform/index.js';
import type { Rotation } from '../domain/rotation.js';
import { endsOf, type Run, type StepState } from '../domain/run.js';
import { ROTATION_COLUMNS, rotationOf, type RotationRow } from '../rotations/rotations.repository.js';
import { type MadeSecret, RotationSecrets } from '../secrets/secrets.js';
import { stepOf, type StepRow } from './steps.repository.js';

/** Everything a turn needs to know, read at once. */
export interface Scene {
  readonly run: Run;
  readonly rotation: Rotation;
  readonly steps: readonly StepState[];
  readonly keep: MadeSecret | undefined;
  readonly drop: MadeSecret | undefined;
  /** Nobody is to have either any more. */
  readonly retired: boolean;
}

/** What a turn begins with: one statement, since every step of every run asks for it. */
@Injectable()
export class Scenes {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly secrets: RotationSecrets,
  ) {}

  async of(run: Run): Promise<Scene> {
    const { keep, drop } = endsOf(run);
    const rows = await this.unitOfWork.readOne((tx) => tx.query<SceneRow>(SCENE, [run.rotationId, run.id, keep, drop]));
    const row = rows[0];
    if (!row) throw new Error('A run is of a rotation that is not there.');
    const made = (version: number | null, prefix: 'keep' | 'drop') => {
      const account = row[`${prefix}_account`];
      if (version === null || account === null) return undefined;
      return this.secrets.opened(run.rotationId, version, {
        account,
        key_id: row[`${prefix}_key_id`],
        secret_sealed: row[`${prefix}_secret_sealed`],
        proved_at: row[`${prefix}_proved_at`],
        expires_at: row[`${prefix}_expires_at`],
      });
    };
    return {
      ...{ run, rotation: rotationOf(row), steps: row.steps.map(stepOf), retired: row.identity_status === 'retired' },
      ...{ keep: made(keep, 'keep'), drop: made(drop, 'drop') },
    };
  }
}

const SECRET = (one: 'keep' | 'drop') =>
  ['account', 'key_id', 'secret_sealed', 'proved_at', 'expires_at'].map((name) => `${one}.${name} AS ${one}_${name}`);

const SCENE = new Prepared(
  `SELECT ${ROTATION_COLUMNS}, i.status AS identity_status, ${[...SECRET('keep'), ...SECRET('drop')].join(', ')}, ARRAY(
     SELECT jsonb_build_object('run_id', s.run_id, 'direction', s.direction, 'step', s.step, 'begun_at', s.begun_at,
       'survey', s.survey, 'done_at', s.done_at, 'attempts', s.attempts, 'failure', s.failure)
     FROM muster.rotation_steps s WHERE s.run_id = $2 ORDER BY s.begun_at, s.done_at NULLS LAST) AS steps
   FROM muster.rotations r
   JOIN muster.identities i ON i.id = r.identity_id
   LEFT JOIN muster.rotation_secrets keep ON keep.rotation_id = r.id AND keep.version = $3
   LEFT JOIN muster.rotation_secrets drop ON drop.rotation_id = r.id AND drop.version = $4
   WHERE r.id = $1`,
);

type SecretColumns<One extends 'keep' | 'drop'> = {
  readonly [Name in `${One}_account` | `${One}_key_id`]: string | null;
} & { readonly [Name in `${One}_secret_sealed`]: Buffer | null } & {
  readonly [Name in `${One}_proved_at` | `${One}_expires_at`]: Date | null;
};

type SceneRow = RotationRow &
  SecretColumns<'keep'> &
  SecretColumns<'drop'> & {
    /** As JSON: its instants are text. */
    readonly steps: readonly StepRow[];
    readonly identity_status: IdentityStatus;
  };
