import { Injectable } from '@nestjs/common';
import { isId } from '../kernel/index.js';
import { UnitOfWork } from '../platform/index.js';

const RUN = `SELECT r.name FROM muster.rotation_runs n JOIN muster.rotations r ON r.id = n.rotation_id WHERE n.id = $1`;
const ROTATION = 'SELECT r.name FROM muster.rotations r WHERE r.id = $1';

/** What people call the things of this room, where they are asked to confirm what is done to them. */
@Injectable()
export class RotationNames {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async nameOf(id: string): Promise<string | undefined> {
    const sql = isId('rotation', id) ? ROTATION : isId('rotationRun', id) ? RUN : undefined;
    if (sql === undefined) return undefined;
    const rows = await this.unitOfWork.readOne((tx) => tx.query<{ name: string }>(sql, [id]));
    return rows[0]?.name;
  }
}
