import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import type { Actor, Id } from '../../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { RotationError } from '../domain/errors.js';
import type { Rotation } from '../domain/rotation.js';
import { RotationsRepository } from '../rotations/rotations.repository.js';
import { RunsRepository } from '../runs/runs.repository.js';
import { RotationSecrets } from '../secrets/secrets.js';
import { ConsumersRepository } from './consumers.repository.js';
import { renewAfterSeconds } from './domain/renewal.js';
import { ReturnedConsumers } from './returned-consumers.js';

/** What a consumer is given. Secret. */
export interface HandedSecret {
  readonly rotationId: Id<'rotation'>;
  readonly version: number;
  readonly account: string;
  readonly keyId: string | null;
  readonly secret: string;
  readonly renewAfterSeconds: number;
  readonly previousVersion: number | null;
  readonly expiresAt: Date | null;
}

/** What a consumer is told that asks whether there is anything new. */
export type CurrentVersion = Pick<HandedSecret, 'rotationId' | 'version' | 'previousVersion' | 'renewAfterSeconds'>;

/** Workloads that use what is rotated for their identity, and nobody else's. */
@Injectable()
export class Consumers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly rotations: RotationsRepository,
    private readonly runs: RunsRepository,
    private readonly secrets: RotationSecrets,
    private readonly consumers: ConsumersRepository,
    private readonly returned: ReturnedConsumers,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Reads the newest secret out, once that is recorded.
   *
   * @throws RotationError `rotation_not_found`, `not_its_consumer`, `no_secret`, `not_rotated_yet`
   */
  fetch(actor: Actor, id: Id<'rotation'>, instance: string): Promise<HandedSecret> {
    return this.unitOfWork.run(async (tx) => {
      const rotation = await this.ownOf(tx, actor, id);
      const made = await this.newestOf(tx, rotation);
      const at = this.clock.now();
      const { version, account, keyId, secret, expiresAt } = made;
      const consumer = { id: this.ids.next('rotationConsumer'), rotationId: id, instance };
      if (await this.consumers.fetched(tx, consumer, version, at)) await this.returned.note(tx, actor, id, [instance]);
      const after = { instance, version, account, key_id: keyId };
      await this.audit.append(tx, { type: 'rotation.secret-read', actor, subject: id, after });
      return { ...(await this.told(tx, rotation, made, instance)), account, keyId, secret, expiresAt };
    });
  }

  /**
   * Says what is newest, and when to ask again. It tells no secret, and is no sign that anybody uses it.
   *
   * @throws RotationError `rotation_not_found`, `not_its_consumer`, `not_rotated_yet`
   */
  async version(actor: Actor, id: Id<'rotation'>, instance: string): Promise<CurrentVersion> {
    const { told, forgotten } = await this.unitOfWork.read(async (tx) => {
      const rotation = await this.ownOf(tx, actor, id);
      return {
        told: await this.told(tx, rotation, await this.newestOf(tx, rotation), instance),
        forgotten: await this.consumers.isForgotten(tx, id, instance),
      };
    });
    // Whoever asks is not gone.
    if (forgotten) await this.unitOfWork.run((tx) => this.returned.note(tx, actor, id, [instance]));
    return told;
  }

  /**
   * Notes which version a consumer uses now. What it says later counts.
   *
   * @throws RotationError `rotation_not_found`, `not_its_consumer`, `no_secret`, `version_unknown`
   */
  acknowledge(actor: Actor, id: Id<'rotation'>, version: number, instance: string): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const { currentVersion, previousVersion } = await this.ownOf(tx, actor, id);
      if (version !== currentVersion && version !== previousVersion)
        throw new RotationError('version_unknown', 'No such version works now: fetch the secret, and use that.');
      const consumer = { id: this.ids.next('rotationConsumer'), rotationId: id, instance };
      const forgotten = await this.consumers.acknowledged(tx, consumer, version, this.clock.now());
      if (forgotten) await this.returned.note(tx, actor, id, [instance]);
    });
  }

  private async newestOf(tx: Tx, { id, currentVersion }: Rotation) {
    const made = currentVersion === 0 ? undefined : await this.secrets.find(tx, id, currentVersion);
    if (made && made.secret !== null) return { ...made, secret: made.secret };
    throw new RotationError('not_rotated_yet', 'Nothing was made by this rotation yet: have it run, then come again.');
  }

  private async told(
    tx: Tx,
    rotation: Rotation,
    { version, expiresAt }: { readonly version: number; readonly expiresAt: Date | null },
    instance: string,
  ): Promise<CurrentVersion> {
    const { id, previousVersion } = rotation;
    const live = (await this.runs.findLive(tx, id)) !== undefined;
    const renew = renewAfterSeconds(rotation, instance, live, expiresAt, this.clock.now());
    return { rotationId: id, version, previousVersion, renewAfterSeconds: renew };
  }

  private async ownOf(tx: Tx, { principal }: Actor, id: Id<'rotation'>): Promise<Rotation> {
    const rotation = await this.rotations.get(tx, id);
    if (principal.kind !== 'workload' || principal.id !== rotation.identityId)
      throw new RotationError(
        'not_its_consumer',
        'That rotates for another identity: show the certificate of that one.',
      );
    if (rotation.targetId === null)
      throw new RotationError(
        'no_secret',
        'What rotates there is a certificate, whose key is yours: renew it by POST /v1/certificates/renewal.',
      );
    return rotation;
  }
}
