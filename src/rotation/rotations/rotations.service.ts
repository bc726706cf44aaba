import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { Inventory } from '../../inventory/index.js';
import { type Actor, type Id, principalName } from '../../kernel/index.js';
import { Ids, RequestError, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { TargetAccounts } from '../../targets/index.js';
import { ReturnedConsumers } from '../consumers/returned-consumers.js';
import { OwnCertificates } from '../certificates/own-certificates.js';
import { RotationError } from '../domain/errors.js';
import { rotationImage } from '../domain/images.js';
import {
  changeRotation,
  newRotation,
  type Rotation,
  type RotationChange,
  type WantedRotation,
} from '../domain/rotation.js';
import type { Run } from '../domain/run.js';
import { Rotators } from '../runs/rotators.js';
import { RunsRepository } from '../runs/runs.repository.js';
import { type RotationFilter, RotationsRepository } from './rotations.repository.js';
import { Timetable } from './timetable.js';

export type NewRotation = Omit<WantedRotation, 'id' | 'nextDueAt' | 'createdBy' | 'createdAt'>;

/** A rotation, and its run where one is under way. */
interface StandingRotation {
  readonly rotation: Rotation;
  readonly live: Run | undefined;
}

/** The same, and what its identity is called. */
export interface SeenRotation extends StandingRotation {
  readonly identityName: string;
}

/** What rotates. */
@Injectable()
export class Rotations {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly rotations: RotationsRepository,
    private readonly runs: RunsRepository,
    private readonly returned: ReturnedConsumers,
    private readonly rotators: Rotators,
    private readonly certificates: OwnCertificates,
    private readonly accounts: TargetAccounts,
    private readonly inventory: Inventory,
    private readonly timetable: Timetable,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit`, in order of id. */
  async list(filter: RotationFilter, after: string | undefined, limit: number): Promise<SeenRotation[]> {
    const found = await this.unitOfWork.read(async (tx) => {
      const rotations = await this.rotations.list(tx, filter, after, limit + 1);
      const standing: StandingRotation[] = [];
      for (const rotation of rotations) standing.push(await this.standing(tx, rotation));
      return standing;
    });
    return this.named(found);
  }

  /** @throws RotationError `rotation_not_found` */
  async get(id: Id<'rotation'>): Promise<SeenRotation> {
    const found = await this.unitOfWork.read(async (tx) => this.standing(tx, await this.rotations.get(tx, id)));
    return (await this.named([found]))[0]!;
  }

  /** What a rotation is called; undefined for what is not there. */
  findName(id: Id<'rotation'>): Promise<string | undefined> {
    return this.unitOfWork.readOne((tx) => this.rotations.findName(tx, id));
  }

  /**
   * @throws RotationError `accounts_unfit`, `account_not_registered`, `account_rotates`, `identity_not_active`,
   *   `rotation_name_taken`; what keeps one out of the target; ScheduleError, CalendarError of its schedule
   */
  async create(actor: Actor, wanted: NewRotation): Promise<SeenRotation> {
    await this.requireFit(wanted);
    return this.unitOfWork.run(async (tx) => {
      const { identity } = await this.inventory.lockForIssuance(tx, wanted.identityId);
      if (identity.status !== 'active')
        throw new RotationError('identity_not_active', 'Its identity is not active: activate it first.');
      await this.requireRegistered(tx, wanted);
      const [id, createdAt] = [this.ids.next('rotation'), this.clock.now()];
      const set = newRotation({ ...wanted, id, nextDueAt: null, createdBy: principalName(actor.principal), createdAt });
      const rotation = { ...set, nextDueAt: await this.timetable.nextDue(tx, set, createdAt) };
      await this.rotations.insert(tx, rotation);
      await this.audit.append(tx, { type: 'rotation.created', actor, subject: id, after: rotationImage(rotation) });
      return { rotation, live: undefined, identityName: identity.name };
    });
  }

  /**
   * @param version what the caller last saw
   * @throws RotationError `rotation_not_found`, `run_live`, `rotation_name_taken`; RequestError `version_conflict`; as `create`
   */
  async revise(actor: Actor, id: Id<'rotation'>, version: number, change: RotationChange): Promise<SeenRotation> {
    const revised = await this.unitOfWork.run(async (tx) => {
      const rotation = await this.rotations.lock(tx, id);
      if (rotation.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this rotation meanwhile; read it again.');
      const live = await this.runs.findLive(tx, id);
      const at = this.clock.now();
      const changed = changeRotation(rotation, change, live !== undefined, at);
      if (changed === rotation) return { rotation, live };
      const due = changed.status === 'active' ? await this.timetable.nextDue(tx, changed, at) : null;
      const after = { ...changed, nextDueAt: due };
      await this.rotations.save(tx, after);
      const images = { before: rotationImage(rotation), after: rotationImage(after) };
      await this.audit.append(tx, { type: 'rotation.changed', actor, subject: id, ...images });
      // Whoever is declared is not gone, whatever was said of that name before.
      const declared = after.expectedConsumers.filter((name) => !rotation.expectedConsumers.includes(name));
      await this.returned.note(tx, actor, id, declared);
      return { rotation: after, live };
    });
    return (await this.named([revised]))[0]!;
  }

  /** Has nothing rotate by it any more; what works goes on working. @throws RotationError `rotation_not_found`, `run_live` */
  remove(actor: Actor, id: Id<'rotation'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const rotation = await this.rotations.lock(tx, id);
      if (await this.runs.findLive(tx, id))
        throw new RotationError('run_live', 'A run of this is under way: wait until it is over, or cancel it first.');
      await this.rotations.remove(tx, rotation, this.clock.now());
      await this.audit.append(tx, { type: 'rotation.removed', actor, subject: id, before: rotationImage(rotation) });
    });
  }

  private async standing(tx: Tx, rotation: Rotation): Promise<StandingRotation> {
    return { rotation, live: await this.runs.findLive(tx, rotation.id) };
  }

  private async named(found: readonly StandingRotation[]): Promise<SeenRotation[]> {
    const names = await this.inventory.namesOf(found.map(({ rotation }) => rotation.identityId));
    return found.map((each) => ({ ...each, identityName: names.get(each.rotation.identityId) ?? '' }));
  }

  /** As many accounts as the target needs to keep two credentials working at once. */
  private async requireFit(wanted: NewRotation): Promise<void> {
    const { targetId, accounts } = wanted;
    if (targetId === null) return this.certificates.requireFit(wanted);
    const pairing = await this.rotators.pairingOf(targetId);
    const count = pairing === 'accounts' ? 2 : 1;
    if (new Set(accounts).size !== accounts.length || accounts.length !== count)
      throw new RotationError('accounts_unfit', WORDS[pairing]);
  }

  private async requireRegistered(tx: Tx, { targetId, identityId, accounts }: NewRotation): Promise<void> {
    if (targetId === null) return;
    const held = await this.accounts.heldBy(tx, [identityId]);
    const names = held.filter(({ account }) => account.targetId === targetId).map(({ account }) => account.account);
    if (!accounts.every((account) => names.includes(account)))
      throw new RotationError(
        'account_not_registered',
        'Say first whose the accounts are: POST /v1/targets/{id}/accounts for each of them.',
      );
  }
}

const WORDS = {
  accounts: 'Give two accounts of that target with the same rights: the one that is in use, then the other.',
  keys: 'Give the one account whose keys rotate: that target keeps two of them at once.',
  issued: 'Give the one account that it is issued for.',
} as const;
