import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Teams } from '../custodians/index.js';
import type { Actor, Id, RecordType } from '../kernel/index.js';
import { crashPoint, Ids, Installation, RequestError, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { approvalRequired, Consents, type Sought } from './consents.js';
import { translated } from './constraints.js';
import { CredentialsRepository } from './credentials.repository.js';
import { ACTIVATE, CHANGE, needsConsent, raises } from './domain/consent.js';
import { handOver, type Live } from './domain/custody.js';
import { type Identity, type IdentityChange, type Registration, revise } from './domain/identity.js';
import { identityImage } from './domain/images.js';
import { activate, change, checkReady, preview, register, resume, retire, stop, suspend } from './domain/lifecycle.js';
import { checkSpiffeId, spiffeIdFor } from './domain/names.js';
import { partyOf } from './domain/party.js';
import { type Standing, standingOf } from './domain/standing.js';
import { factsOf } from './domain/facts.js';
import { IdentitiesRepository } from './identities.repository.js';

/** What a registrant says; a SPIFFE id only when they want another than the ordinary one. */
export type NewIdentity = Omit<Registration, 'id' | 'spiffeId'> & { readonly spiffeId?: string | undefined };

/** An identity, and what it may be given now. */
export interface SeenIdentity {
  readonly identity: Identity;
  readonly standing: Standing;
}

export interface NewCustodians {
  readonly primaryCustodianId: Id<'person'>;
  readonly backupCustodianId: Id<'person'>;
}

/** The life of machine identities. */
@Injectable()
export class Identities {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly identities: IdentitiesRepository,
    private readonly credentials: CredentialsRepository,
    private readonly consents: Consents,
    private readonly teams: Teams,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
    private readonly installation: Installation,
  ) {}

  /**
   * Registers an identity. It is active at once, unless it lacks custodians or somebody else must approve it: then an
   * approval is asked for, and `activate` is for when it was given.
   *
   * @throws InventoryError `name_taken`, `spiffe_id_…`, `custodian…`; CustodyError `team_not_found`
   */
  async register(actor: Actor, wanted: NewIdentity): Promise<SeenIdentity> {
    const team = await this.teams.get(wanted.teamId);
    const { trustDomain } = this.installation;
    const spiffeId =
      wanted.spiffeId === undefined
        ? spiffeIdFor(trustDomain, { environment: wanted.environment, team: team.name, name: wanted.name })
        : checkSpiffeId(wanted.spiffeId, trustDomain);
    const seen = await this.transact(async (tx) => {
      const live = await this.identities.liveAmong(tx, [wanted.primaryCustodianId, wanted.backupCustodianId]);
      const registration = { ...wanted, id: this.ids.next('identity'), spiffeId };
      const registered = register(registration, partyOf(actor.principal), live, this.clock.now());
      const identity = await this.consents.keepInStep(tx, actor, registered, live);
      await this.identities.insert(tx, identity);
      await crashPoint('register', 1);
      await this.record(tx, actor, 'identity.registered', null, identity);
      await crashPoint('register', 2);
      return this.see(identity, live);
    });
    await crashPoint('register', 3);
    return seen;
  }

  get(id: Id<'identity'>): Promise<SeenIdentity> {
    return this.unitOfWork.read(async (tx) => {
      const identity = await this.identities.get(tx, id);
      return this.see(identity, await this.liveOf(tx, identity));
    });
  }

  /**
   * Changes what is known of an identity. What raises its privilege or adds order entry needs the same consent as
   * registering it so: the first call asks for it, and the same call takes it once it was given.
   *
   * @param version what the caller last saw
   * @throws InventoryError `identity_not_found`, `identity_retired`, `approval_required`, `approval_denied`;
   *   RequestError `version_conflict`
   */
  async change(actor: Actor, id: Id<'identity'>, version: number, wanted: IdentityChange): Promise<SeenIdentity> {
    if (wanted.teamId !== undefined) await this.teams.get(wanted.teamId);
    return this.transactWithConsent(async (tx) => {
      const identity = await this.identities.lock(tx, id);
      if (identity.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this identity meanwhile; read it again.');
      const live = await this.liveOf(tx, identity);
      const becoming = preview(identity, wanted);
      const raised = identity.status !== 'pending' && raises(identity, becoming);
      const consent = raised ? await this.consents.seek(tx, actor, CHANGE, becoming) : undefined;
      if (consent?.kind === 'asked') return consent;
      const by = partyOf(actor.principal);
      const changed = change(identity, by, wanted, consent?.approvalId ?? null, this.clock.now());
      if (changed === identity) return this.see(identity, live);
      return this.settle(tx, actor, 'identity.changed', identity, changed, live);
    });
  }

  /**
   * Lets a pending identity work, taking the approval it needs.
   *
   * @throws InventoryError `wrong_status`, `custody_incomplete`, `approval_required`, `approval_denied`
   */
  activate(actor: Actor, id: Id<'identity'>): Promise<SeenIdentity> {
    return this.transactWithConsent(async (tx) => {
      const identity = await this.identities.lock(tx, id);
      const live = await this.liveOf(tx, identity);
      checkReady(identity, live);
      const consent = needsConsent(identity) ? await this.consents.seek(tx, actor, ACTIVATE, identity) : undefined;
      if (consent?.kind === 'asked') {
        const waiting = revise(identity, { approvalId: consent.approvalId }, this.clock.now());
        await this.identities.save(tx, waiting);
        await this.record(tx, actor, 'identity.changed', identity, waiting);
        return consent;
      }
      const by = partyOf(actor.principal);
      const activated = activate(identity, by, live, consent?.approvalId ?? null, this.clock.now());
      return this.settle(tx, actor, 'identity.activated', identity, activated, live);
    });
  }

  /** @throws InventoryError `wrong_status`, `identity_retired`, `not_its_custodian` */
  suspend(actor: Actor, id: Id<'identity'>, reason: string): Promise<SeenIdentity> {
    return this.revise(actor, id, 'identity.suspended', (identity) =>
      suspend(identity, partyOf(actor.principal), reason, this.clock.now()),
    );
  }

  /**
   * Stops what it was decided against, suspended or not; what is stopped so already stays as it is, and nothing is recorded.
   *
   * @throws InventoryError `wrong_status`
   */
  stop(actor: Actor, id: Id<'identity'>, reason: string): Promise<SeenIdentity> {
    return this.transact(async (tx) => {
      const identity = await this.identities.lock(tx, id);
      const live = await this.liveOf(tx, identity);
      const stopped = stop(identity, partyOf(actor.principal), reason, this.clock.now());
      if (stopped === identity) return this.see(identity, live);
      return this.settle(tx, actor, 'identity.suspended', identity, stopped, live);
    });
  }

  /** @throws InventoryError `wrong_status`, `not_its_custodian`, `not_yours_to_resume`, `custody_incomplete` */
  resume(actor: Actor, id: Id<'identity'>, reason: string): Promise<SeenIdentity> {
    return this.revise(actor, id, 'identity.resumed', (identity, live) =>
      resume(identity, partyOf(actor.principal), reason, live, this.clock.now()),
    );
  }

  /**
   * Ends an identity for good, and with it every credential that Muster issued to it. Its record names them all.
   *
   * @throws InventoryError `identity_retired`
   */
  retire(actor: Actor, id: Id<'identity'>, reason: string): Promise<SeenIdentity> {
    return this.transact(async (tx) => {
      const identity = await this.identities.lock(tx, id);
      const at = this.clock.now();
      const retired = retire(identity, partyOf(actor.principal), reason, at);
      await this.identities.save(tx, retired);
      await this.consents.withdraw(tx, actor, id);
      const ended = await this.credentials.endIssued(tx, id, 'cessation-of-operation', at);
      await this.audit.append(tx, {
        type: 'identity.retired',
        actor,
        subject: id,
        before: { identity: identityImage(identity) },
        after: { identity: identityImage(retired), ended_credentials: ended },
      });
      return this.see(retired, await this.liveOf(tx, retired));
    });
  }

  /**
   * Names both custodians anew. Naming those it has already changes and records nothing.
   *
   * @throws InventoryError `identity_retired`, `not_its_custodian`, `custodians_equal`, `custodian_not_live`
   */
  handOver(actor: Actor, id: Id<'identity'>, to: NewCustodians): Promise<SeenIdentity> {
    return this.transact(async (tx) => {
      const identity = await this.identities.lock(tx, id);
      const live = await this.identities.liveAmong(tx, [to.primaryCustodianId, to.backupCustodianId]);
      const handed = handOver(identity, partyOf(actor.principal), to, live, this.clock.now());
      if (handed === identity) return this.see(identity, live);
      return this.settle(tx, actor, 'identity.handed-over', identity, handed, live);
    });
  }

  private revise(
    actor: Actor,
    id: Id<'identity'>,
    type: RecordType,
    decide: (identity: Identity, live: Live) => Identity,
  ): Promise<SeenIdentity> {
    return this.transact(async (tx) => {
      const identity = await this.identities.lock(tx, id);
      const live = await this.liveOf(tx, identity);
      return this.settle(tx, actor, type, identity, decide(identity, live), live);
    });
  }

  /** Saves a decided identity, what is asked of its approver kept in step, and records it. */
  private async settle(
    tx: Tx,
    actor: Actor,
    type: RecordType,
    before: Identity,
    decided: Identity,
    live: Live,
  ): Promise<SeenIdentity> {
    const after = await this.consents.keepInStep(tx, actor, decided, live);
    await this.identities.save(tx, after);
    await this.record(tx, actor, type, before, after);
    return this.see(after, live);
  }

  private record(tx: Tx, actor: Actor, type: RecordType, before: Identity | null, after: Identity): Promise<void> {
    return this.audit.append(tx, {
      type,
      actor,
      subject: after.id,
      before: before && { identity: identityImage(before) },
      after: { identity: identityImage(after) },
    });
  }

  private liveOf(tx: Tx, identity: Identity): Promise<Live> {
    return this.identities.liveAmong(tx, [identity.primaryCustodianId, identity.backupCustodianId]);
  }

  private see(identity: Identity, live: Live): SeenIdentity {
    return { identity, standing: standingOf(factsOf(identity, live), this.clock.now()) };
  }

  private transact<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return translated(this.unitOfWork.run(work));
  }

  /** As `transact`; where consent had to be asked for first, that asking is committed, and then the caller is told. */
  private async transactWithConsent(work: (tx: Tx) => Promise<SeenIdentity | Sought>): Promise<SeenIdentity> {
    const outcome = await this.transact(work);
    if ('kind' in outcome) throw approvalRequired(outcome.approvalId);
    return outcome;
  }
}
