import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { People } from '../custodians/index.js';
import { type Actor, type Id, MusterError, principalName } from '../kernel/index.js';
import { Ids, RequestError, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { AccountsRepository } from './accounts.repository.js';
import type { Ability } from './domain/adapter.js';
import { TargetError } from './domain/errors.js';
import { targetImage } from './domain/images.js';
import {
  changeTarget,
  newTarget,
  type PrivateNetworkConsent,
  type Target,
  type TargetChange,
  type TargetKind,
} from './domain/target.js';
import { TargetDoors } from './target-doors.js';
import { TargetsRepository } from './targets.repository.js';

/** A consent as an administrator gives it; who and when is for the service to say. */
interface GivenConsent {
  readonly reason: string;
}

export interface WantedTarget {
  readonly name: string;
  readonly kind: TargetKind;
  /** Secret. */
  readonly url: string;
  readonly caCertificates: string | null;
  readonly privateNetwork: GivenConsent | null;
  readonly ownerId: Id<'person'>;
}

export type TargetRevision = Omit<TargetChange, 'privateNetwork'> & {
  readonly url?: string | undefined;
  readonly privateNetwork?: GivenConsent | null | undefined;
};

/** How it went to look at a target. */
export interface Checked {
  readonly checkedAt: Date;
  readonly abilities: readonly Ability[];
  /** Why it could not be looked at; null where it could. */
  readonly failure: { readonly code: string; readonly words: string } | null;
}

/** Systems where identities have accounts. Only administrators change them. */
@Injectable()
export class Targets {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly targets: TargetsRepository,
    private readonly accounts: AccountsRepository,
    private readonly doors: TargetDoors,
    private readonly people: People,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit` targets, in order of id. */
  list(after: Id<'target'> | undefined, limit: number): Promise<Target[]> {
    return this.unitOfWork.readOne((tx) => this.targets.list(tx, after, limit + 1));
  }

  /** @throws TargetError `target_not_found` */
  async get(id: Id<'target'>): Promise<Target> {
    return (await this.unitOfWork.readOne((tx) => this.targets.get(tx, id))).target;
  }

  /** What a target is called; undefined for what is not there. */
  findName(id: Id<'target'>): Promise<string | undefined> {
    return this.unitOfWork.readOne((tx) => this.targets.findName(tx, id));
  }

  /** @throws TargetError `url_invalid`, `consent_required`, `ca_certificates_invalid`, `target_name_taken`, `owner_not_live` */
  create(actor: Actor, { url, ...wanted }: WantedTarget): Promise<Target> {
    const access = this.doors.read(wanted.kind, url);
    return this.unitOfWork.run(async (tx) => {
      await this.mustBeLive(tx, wanted.ownerId);
      const [id, createdAt] = [this.ids.next('target'), this.clock.now()];
      const privateNetwork = this.consentBy(actor, wanted.privateNetwork);
      const createdBy = principalName(actor.principal);
      const target = newTarget({ ...wanted, id, privateNetwork, createdBy, createdAt }, access);
      await this.targets.insert(tx, { target, accessSealed: this.doors.seal(id, url) });
      await this.audit.append(tx, { type: 'target.created', actor, subject: id, after: targetImage(target) });
      return target;
    });
  }

  /**
   * @param version what the caller last saw
   * @throws TargetError as `create`, `target_not_found`; RequestError `version_conflict`
   */
  revise(actor: Actor, id: Id<'target'>, version: number, revision: TargetRevision): Promise<Target> {
    const { url, privateNetwork, ...rest } = revision;
    return this.unitOfWork.run(async (tx) => {
      const sealed = await this.targets.lock(tx, id);
      const { target } = sealed;
      if (target.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this target meanwhile; read it again.');
      if (rest.ownerId !== undefined) await this.mustBeLive(tx, rest.ownerId);
      const access = url === undefined ? this.doors.accessTo(sealed) : this.doors.read(target.kind, url);
      const change =
        privateNetwork === undefined ? rest : { ...rest, privateNetwork: this.consentBy(actor, privateNetwork) };
      const changed = changeTarget(target, change, access, url !== undefined, this.clock.now());
      if (changed === target) return target;
      const accessSealed = url === undefined ? sealed.accessSealed : this.doors.seal(id, url);
      await this.targets.save(tx, { target: changed, accessSealed });
      const images = { before: targetImage(target), after: targetImage(changed) };
      await this.audit.append(tx, { type: 'target.changed', actor, subject: id, ...images });
      return changed;
    });
  }

  /** Removes a target, and the way into it for good. @throws TargetError `target_not_found`, `target_in_use` */
  remove(actor: Actor, id: Id<'target'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const { target } = await this.targets.lock(tx, id);
      if (await this.accounts.isUsed(tx, id))
        throw new TargetError('target_in_use', 'Remove the accounts on this target first, or disable it.');
      await this.targets.remove(tx, target, this.clock.now());
      await this.audit.append(tx, { type: 'target.removed', actor, subject: id, before: targetImage(target) });
    });
  }

  /**
   * Looks whether Muster gets into a target, and what it may do there. That it cannot be reached is an answer.
   *
   * @throws TargetError `target_not_found`
   */
  async check(id: Id<'target'>): Promise<Checked> {
    await this.get(id);
    const checked = await this.doors
      .within(id, (inside) => inside.check())
      .then((abilities) => ({ abilities, failure: null }), asFailure);
    const checkedAt = this.clock.now();
    await this.unitOfWork.run((tx) => this.targets.noteCheck(tx, id, checkedAt, checked.failure?.code ?? null));
    return { checkedAt, ...checked };
  }

  private async mustBeLive(tx: Tx, ownerId: Id<'person'>): Promise<void> {
    if (!(await this.people.findLive(tx, ownerId)))
      throw new TargetError('owner_not_live', 'Name an owner who has signed in and not left.');
  }

  /** A consent is a person's word, so only a person can give it. */
  private consentBy({ principal }: Actor, given: GivenConsent | null): PrivateNetworkConsent | null {
    if (given === null) return null;
    if (principal.kind !== 'person')
      throw new TargetError('consent_required', 'Sign in as an administrator to consent to a private address.');
    return { by: principal.id, consentedAt: this.clock.now().toISOString(), reason: given.reason };
  }
}

function asFailure(error: unknown): Omit<Checked, 'checkedAt'> {
  if (!(error instanceof MusterError)) throw error;
  return { abilities: [], failure: { code: error.code, words: error.message } };
}
