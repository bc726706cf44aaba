import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { People, Teams } from '../../custodians/index.js';
import type { Actor, Id } from '../../kernel/index.js';
import { SystemClock, toInstant, type Tx, UnitOfWork } from '../../platform/index.js';
import { CredentialsRepository } from '../credentials.repository.js';
import type { Identity } from '../domain/identity.js';
import { GrantsRepository } from '../grants.repository.js';
import { IdentitiesRepository } from '../identities.repository.js';
import { SightingsRepository } from '../sightings.repository.js';
import { Surroundings } from '../surroundings.js';
import { type Graph, graphOf, type Part } from './domain/graph.js';
import { credentialParts, custodianParts, grantParts, identityPart, sightingParts, teamPart } from './domain/parts.js';

/** So many credentials are shown; the others are counted. */
const CREDENTIALS = 60;
/** Further than this they are not counted either. */
const COUNTED = 1_000;
const SIGHTINGS = 40;

/** What an identity reaches, and what could become it. */
@Injectable()
export class Reach {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly identities: IdentitiesRepository,
    private readonly grants: GrantsRepository,
    private readonly credentials: CredentialsRepository,
    private readonly sightings: SightingsRepository,
    private readonly surroundings: Surroundings,
    private readonly people: People,
    private readonly teams: Teams,
    private readonly audit: Audit,
    private readonly clock: SystemClock,
  ) {}

  /**
   * The graph around an identity, at most 200 nodes: its team and custodians, what its grants open, whose tokens could
   * mint it, where it was seen, and the credentials that are valid now. Those are lines of the ledger, so that it was
   * read is recorded first.
   *
   * @throws InventoryError `identity_not_found`
   */
  async of(actor: Actor, id: Id<'identity'>): Promise<Graph> {
    const at = this.clock.now();
    const { identity, parts, more } = await this.unitOfWork.run(async (tx) => {
      const identity = await this.identities.get(tx, id);
      const { held, live } = await this.held(tx, id, at);
      const parts = [
        ...grantParts(id, await this.grants.listHeldBy(tx, id)),
        ...(await this.surroundings.partsOf(tx, id)),
        ...sightingParts(id, await this.sightings.listOf(tx, id, SIGHTINGS)),
        ...credentialParts(id, held),
      ];
      await this.audit.append(tx, {
        type: 'ledger.read',
        actor,
        subject: id,
        after: { valid_at: toInstant(at), kind: null, custodian_id: null, lines: held.length },
      });
      return { identity, parts, more: { credential: live - held.length } };
    });
    return graphOf([identityPart(identity), ...(await this.answerable(identity)), ...parts], more);
  }

  private async held(tx: Tx, identityId: Id<'identity'>, at: Date) {
    const lines = await this.credentials.list(tx, { validAt: at, identityId }, undefined, COUNTED);
    return { held: lines.slice(0, CREDENTIALS).map(([entry]) => entry), live: lines.length };
  }

  private async answerable(identity: Identity): Promise<Part[]> {
    const { primaryCustodianId, backupCustodianId } = identity;
    const ids = [primaryCustodianId, backupCustodianId].filter((id) => id !== null);
    const [team, names] = [await this.teams.get(identity.teamId), await this.people.namesOf(ids)];
    return [teamPart(identity, team.name), ...custodianParts(identity, names)];
  }
}
