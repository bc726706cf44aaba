import { Injectable } from '@nestjs/common';
import { isId } from '../kernel/index.js';
import { UnitOfWork } from '../platform/index.js';

/** A finding has no name of its own: it is called by what it is and by its last characters, never by an account's name. */
const FINDING = `
  SELECT f.name || coalesce(' …' || (f.thing ->> 'lastFour'), '') AS name FROM muster.discovery_findings f WHERE f.id = $1`;
const SOURCE = 'SELECT s.name FROM muster.discovery_sources s WHERE s.id = $1';

/** What people call the things of this room, where they are asked to confirm what is done to them. */
@Injectable()
export class DiscoveryNames {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async nameOf(id: string): Promise<string | undefined> {
    const sql = isId('finding', id) ? FINDING : isId('source', id) ? SOURCE : undefined;
    if (sql === undefined) return undefined;
    const rows = await this.unitOfWork.readOne((tx) => tx.query<{ name: string }>(sql, [id]));
    return rows[0]?.name;
  }
}
