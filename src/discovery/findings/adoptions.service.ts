import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { brokenConstraint, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { RegisteredKeys } from '../../inventory/index.js';
import { type Actor, type Id, principalName } from '../../kernel/index.js';
import { Aliases } from '../aliases/aliases.service.js';
import { PlacesRepository } from '../intake/places.repository.js';
import { Resolver } from '../intake/resolver.js';
import {
  aliasesOf,
  canRegister,
  draftFor,
  requireAdoptable,
  type RegistrationDraft,
  type SuggestedCustodian,
} from './domain/adoption.js';
import { DiscoveryError } from './domain/errors.js';
import type { QueuedFinding } from './domain/finding.js';
import { findingImage } from './domain/images.js';
import { FindingEventsRepository } from './events.repository.js';
import { FindingsRepository } from './findings.repository.js';
import { QueueRepository } from './queue.repository.js';

const MOST_SUGGESTED = 5;
const MOST_PLACES = 20;

/** Makes what was found somebody's: says what a registration would be, and links the identity that it became. */
@Injectable()
export class Adoptions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly findings: FindingsRepository,
    private readonly queue: QueueRepository,
    private readonly places: PlacesRepository,
    private readonly events: FindingEventsRepository,
    private readonly aliases: Aliases,
    private readonly keys: RegisteredKeys,
    private readonly resolver: Resolver,
    private readonly audit: Audit,
    private readonly clock: SystemClock,
  ) {}

  /** @throws DiscoveryError `finding_not_found`, `nothing_to_adopt` */
  draft(id: Id<'finding'>): Promise<RegistrationDraft> {
    return this.unitOfWork.read(async (tx) => {
      const finding = await this.findings.get(tx, id);
      requireAdoptable(finding);
      const places = await this.places.list(tx, id, 0, MOST_PLACES);
      const facts = places.find(({ account }) => account !== null)?.account?.facts;
      return draftFor(finding, facts, await this.suggested(tx, id));
    });
  }

  /**
   * Links a finding to the identity whose it is: it is called so from now on, and holds the key where that is one to register.
   *
   * @throws DiscoveryError `finding_not_found`, `finding_over`, `nothing_to_adopt`, `alias_taken`, `identity_retired`;
   *   InventoryError `identity_not_found`
   */
  async adopt(actor: Actor, id: Id<'finding'>, identityId: Id<'identity'>): Promise<QueuedFinding> {
    try {
      await this.unitOfWork.run((tx) => this.link(tx, actor, id, identityId));
    } catch (cause) {
      if (brokenConstraint(cause) !== 'identity_aliases_once') throw cause;
      throw new DiscoveryError('alias_taken', 'Another identity has one of its names; remove it there first.', {
        cause,
      });
    }
    await this.resolver.touch([identityId]);
    return this.unitOfWork.readOne((tx) => this.findings.get(tx, id));
  }

  private async link(tx: Tx, actor: Actor, id: Id<'finding'>, identityId: Id<'identity'>): Promise<void> {
    const finding = await this.findings.lock(tx, id);
    const { thing, resolution, state } = finding;
    if (state === 'merged' || state === 'closed')
      throw new DiscoveryError('finding_over', 'Adopt the finding that it was merged into, or one that is still seen.');
    requireAdoptable(finding);
    const hasKey = canRegister(thing);
    const named = resolution.verdict === 'shadow-credential' ? [] : aliasesOf(thing, resolution.named);
    if (!hasKey && named.length === 0)
      throw new DiscoveryError(
        'nothing_to_adopt',
        'It has no name and no key to know it by: retire it, or dismiss it.',
      );
    for (const name of named) await this.aliases.addIn(tx, actor, identityId, name);
    if (hasKey) await this.keys.adopt(tx, actor, identityId, keyOf(finding));
    const by = principalName(actor.principal);
    const event = { kind: 'adopted', words: null, data: { identityId }, by, at: this.clock.now() } as const;
    await this.events.add(tx, id, event);
    const before = findingImage(finding);
    await this.audit.append(tx, {
      type: 'finding.adopted',
      actor,
      subject: id,
      before,
      after: { identity_id: identityId },
    });
  }

  /** By whom its repository names, by who wrote it, then by who answers for what lies beside it. */
  private async suggested(tx: Tx, id: Id<'finding'>): Promise<SuggestedCustodian[]> {
    const owners = await this.queue.owners(tx, id, MOST_SUGGESTED);
    const authors = await this.queue.authors(tx, id, MOST_SUGGESTED);
    const near = await this.queue.neighbours(tx, id, MOST_SUGGESTED);
    const all = [
      ...owners.map(({ personId }) => ({ personId, because: 'CODEOWNERS names them for where it stands.' })),
      ...authors.map(({ personId, times }) => ({
        personId,
        because: `Wrote ${times === 1 ? 'one' : times} of the places where it stands.`,
      })),
      ...near.map(({ personId, identityName }) => ({
        personId,
        because: `Answers for ${identityName}, which has something in the same folder.`,
      })),
    ];
    return all
      .filter(({ personId }, index) => all.findIndex((one) => one.personId === personId) === index)
      .slice(0, MOST_SUGGESTED);
  }
}

function keyOf({ thing }: QueuedFinding) {
  const fingerprint = Buffer.from(thing.key.slice('fingerprint:'.length), 'hex');
  return { system: thing.vendor, fingerprint, lastFour: thing.lastFour };
}
