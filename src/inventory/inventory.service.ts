import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { CredentialsRepository, type Ended, type Stopped } from './credentials.repository.js';
import type { CredentialId, IssuedCredential, LedgerEntry } from './domain/credential.js';
import { InventoryError } from './domain/errors.js';
import { factsOf } from './domain/facts.js';
import type { Grant } from './domain/grant.js';
import type { Identity } from './domain/identity.js';
import type { StandingFacts } from './domain/standing.js';
import { GrantsRepository } from './grants.repository.js';
import { type HandOver, IdentitiesRepository } from './identities.repository.js';
import { type Foundation, ObligationsRepository, type OwedReview } from './obligations.repository.js';
import { SightingsRepository } from './sightings.repository.js';

/** One use of a credential, as an enforcement point reports it. */
export interface Use {
  readonly credentialId: CredentialId;
  readonly grantId?: Id<'grant'> | undefined;
  /** The enforcement point where it was used. */
  readonly pointId?: Id<'identity'> | undefined;
  /** Attacker-controlled as far as the point is: an instant that has not come yet counts as now. */
  readonly at: Date;
}

/** What the rooms above ask of the inventory: who an identity is, what it may be given, and to note what it got. */
@Injectable()
export class Inventory {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly identities: IdentitiesRepository,
    private readonly grants: GrantsRepository,
    private readonly credentials: CredentialsRepository,
    private readonly sightings: SightingsRepository,
    private readonly obligations: ObligationsRepository,
    private readonly clock: SystemClock,
  ) {}

  findBySpiffeId(spiffeId: string): Promise<Identity | undefined> {
    return this.unitOfWork.readOne((tx) => this.identities.findBySpiffeId(tx, spiffeId));
  }

  findIdentity(id: Id<'identity'>): Promise<Identity | undefined> {
    return this.unitOfWork.readOne((tx) => this.identities.find(tx, id));
  }

  /** What identities are called; an id that is not known has no entry. */
  async namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    return this.unitOfWork.readOne((tx) => this.identities.namesOf(tx, ids));
  }

  /** @throws InventoryError `identity_not_found` */
  getIdentity(id: Id<'identity'>): Promise<Identity> {
    return this.unitOfWork.readOne((tx) => this.identities.get(tx, id));
  }

  /**
   * Reads an identity for issuing, and keeps it as it is until the transaction ends (`FOR SHARE`, decision 5): a
   * suspension that was answered before is seen, one that comes now waits. Of several, lock in order of id.
   *
   * @returns the identity, and the facts for `standingOf`
   * @throws InventoryError `identity_not_found`
   */
  async lockForIssuance(tx: Tx, id: Id<'identity'>): Promise<{ identity: Identity; facts: StandingFacts }> {
    const identity = await this.identities.hold(tx, id);
    const live = await this.identities.liveAmong(tx, [identity.primaryCustodianId, identity.backupCustodianId]);
    return { identity, facts: factsOf(identity, live) };
  }

  /**
   * Who answers for each of these identities now: primary and backup, as far as they are live.
   *
   * @param hold keeps the identities as they are until the transaction ends; lock what hangs on them afterwards
   */
  custodiansOf(tx: Tx, ids: readonly string[], hold = false): Promise<ReadonlyMap<string, string[]>> {
    return this.identities.liveCustodiansOf(tx, ids, hold);
  }

  /** Who is left alone with identities until when, where that is after an instant and not after another. */
  listHandOvers(tx: Tx, after: Date, until: Date): Promise<HandOver[]> {
    return this.identities.listHandOvers(tx, after, until);
  }

  /**
   * Has identities owe a campaign their review by an instant: from then on their standing suffers (ISS-6). Of several
   * campaigns the first due counts. A long list may come in parts.
   */
  oweReview(tx: Tx, campaignId: Id<'campaign'>, owed: readonly OwedReview[], dueAt: Date): Promise<void> {
    return this.obligations.addReviews(tx, campaignId, owed, dueAt);
  }

  /** Everything that is still owed to a campaign is due later; what is excepted beyond that stays so. */
  postponeReviews(tx: Tx, campaignId: Id<'campaign'>, dueAt: Date): Promise<void> {
    return this.obligations.postpone(tx, campaignId, dueAt);
  }

  /** Nothing is owed to a campaign any more for these identities; for none at all where they are not named. */
  reviewDone(tx: Tx, campaignId: Id<'campaign'>, identityIds?: readonly Id<'identity'>[]): Promise<void> {
    return this.obligations.remove(tx, campaignId, identityIds);
  }

  /**
   * Says which risk analysis stands behind a schedule's reviews of the identities that its newest campaign is about: what
   * `oweReview` was told of it before, in this transaction. Once the analysis lapses, the standing of those suffers.
   */
  carryRiskAnalysis(
    tx: Tx,
    scheduleId: Id<'reviewSchedule'>,
    campaignId: Id<'campaign'>,
    foundation: Foundation,
  ): Promise<void> {
    return this.obligations.found(tx, scheduleId, campaignId, foundation);
  }

  /** Another analysis stands behind a schedule's reviews; null where the schedule ends. */
  replaceRiskAnalysis(tx: Tx, scheduleId: Id<'reviewSchedule'>, foundation: Foundation | null): Promise<void> {
    if (foundation === null) return this.obligations.remove(tx, scheduleId);
    return this.obligations.foundAnew(tx, scheduleId, foundation);
  }

  /** The grants an identity holds that somebody has verified. */
  async verifiedGrants(tx: Tx, id: Id<'identity'>): Promise<Grant[]> {
    const grants = await this.grants.listHeldBy(tx, id);
    return grants.filter(({ verifiedAt }) => verifiedAt !== null);
  }

  /** Everything that these identities hold now, verified or not, in order of id. */
  grantsOf(tx: Tx, ids: readonly Id<'identity'>[]): Promise<Grant[]> {
    return this.grants.listHeldByAny(tx, ids);
  }

  /** Grants by their ids, in order of these, also those that nobody holds any more. */
  findGrants(tx: Tx, ids: readonly Id<'grant'>[]): Promise<Grant[]> {
    return this.grants.findAll(tx, ids);
  }

  /** What Muster issued to an identity and is still valid, the first to expire first. */
  async listIssued(tx: Tx, identityId: Id<'identity'>, count: number): Promise<LedgerEntry[]> {
    const filter = { validAt: this.clock.now(), identityId };
    const found = await this.credentials.list(tx, filter, undefined, count);
    return found.map(([entry]) => entry).filter(({ kind }) => kind !== 'registered-key');
  }

  /** Enters what is about to be issued, in the transaction that records its intent. */
  recordCredential(tx: Tx, credential: IssuedCredential): Promise<void> {
    return this.credentials.insert(tx, credential);
  }

  /** One line of the ledger, whatever became of it. */
  findCredential(tx: Tx, id: CredentialId): Promise<LedgerEntry | undefined> {
    return this.credentials.find(tx, id);
  }

  /**
   * Ends a credential before its time, and every token bound to it. The caller records it.
   *
   * @param reason as CRLs name it (RFC 5280 §5.3.1), for example `key-compromise`
   * @returns what ended now; empty when it had ended already
   * @throws InventoryError `credential_not_found`
   */
  async revokeCredential(tx: Tx, id: CredentialId, reason: string, at: Date): Promise<Ended[]> {
    if (!(await this.credentials.find(tx, id)))
      throw new InventoryError('credential_not_found', 'The ledger has no credential with that id.');
    return this.credentials.end(tx, id, reason, at);
  }

  /** What ended before its time and would still look valid: for an authority's CRL, or for all in the feed's snapshot. */
  listRevoked(tx: Tx, at: Date, authorityId?: Id<'authority'>): Promise<Ended[]> {
    return this.credentials.listEnded(tx, at, authorityId);
  }

  /** Identities that are suspended or retired while they hold what would still look valid: for the feed's snapshot. */
  listStopped(tx: Tx, at: Date): Promise<Stopped[]> {
    return this.credentials.listStopped(tx, at);
  }

  /** The certificates behind serial numbers, hexadecimal in lower case; unknown ones have no entry. */
  certificateIdsOf(tx: Tx, serialNumbers: readonly string[]): Promise<Map<string, Id<'certificate'>>> {
    return this.credentials.findCertificateIds(tx, serialNumbers);
  }

  /**
   * Notes when credentials and grants were last used, and where. It is no record (decision 2), and changes no version.
   *
   * @returns the ids of credentials that the ledger knows
   */
  async recordUse(tx: Tx, uses: readonly Use[]): Promise<readonly string[]> {
    const now = this.clock.now();
    const past = uses.map((use) => (use.at > now ? { ...use, at: now } : use));
    const known = await this.credentials.noteUse(tx, past);
    const seen = past.flatMap(({ pointId, ...use }) => (pointId === undefined ? [] : [{ ...use, pointId }]));
    if (seen.length > 0) await this.sightings.note(tx, seen);
    const granted = past.flatMap(({ grantId, ...use }) => (grantId === undefined ? [] : [{ ...use, grantId }]));
    if (granted.length > 0) await this.grants.noteUse(tx, granted);
    return known;
  }
}
