import { Injectable } from '@nestjs/common';
import { readTrail, type TrailEntry, type TrailPosition } from '../../audit/index.js';
import { People } from '../../custodians/index.js';
import { type Id, isId } from '../../kernel/index.js';
import { UnitOfWork } from '../../platform/index.js';
import { CredentialsRepository } from '../credentials.repository.js';
import { IdentitiesRepository } from '../identities.repository.js';
import { Surroundings } from '../surroundings.js';

/** Records of revocations are looked for under so many certificates: the latest to be revoked. */
const REVOKED = 200;

/** A record, and what people call who did it. */
export interface TimelineEntry {
  readonly entry: TrailEntry;
  /** Null for Muster itself, and for whoever is not known here. */
  readonly actorName: string | null;
  readonly position: TrailPosition;
}

/** What happened to an identity and what it did, from the log. */
@Injectable()
export class Timeline {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly identities: IdentitiesRepository,
    private readonly credentials: CredentialsRepository,
    private readonly surroundings: Surroundings,
    private readonly people: People,
  ) {}

  /**
   * One more than `limit` records, newest first: those about the identity (its grants and keys are recorded under its
   * own id), those of what it did (it is the actor where it fetches certificates and tokens), those of its certificates'
   * revocation, and those of its approvals and trusts. Who read a receipt of its stands in the log under the receipt alone.
   *
   * @throws InventoryError `identity_not_found`
   */
  async list(id: Id<'identity'>, after: TrailPosition | undefined, limit: number): Promise<TimelineEntry[]> {
    const { found, names } = await this.unitOfWork.read(async (tx) => {
      await this.identities.get(tx, id);
      const subjects = [
        id,
        ...(await this.credentials.latestRevoked(tx, id, REVOKED)),
        ...(await this.surroundings.subjectsOf(tx, id)),
      ];
      const found = await readTrail(tx, { subjects, actors: [id] }, after, limit + 1);
      const actors = found.map(([{ actor }]) => actor).filter((actor) => isId('identity', actor));
      return { found, names: await this.identities.namesOf(tx, actors) };
    });
    const persons = found.map(([{ actor }]) => actor).filter((actor) => isId('person', actor));
    const personNames = await this.people.namesOf([...new Set(persons)]);
    const nameOf = (actor: string) => personNames.get(actor as Id<'person'>) ?? names.get(actor) ?? null;
    return found.map(([entry, position]) => ({ entry, position, actorName: nameOf(entry.actor) }));
  }
}
