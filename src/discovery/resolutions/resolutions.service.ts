import { Injectable } from '@nestjs/common';
import { Inventory } from '../../inventory/index.js';
import { Keystore, UnitOfWork } from '../../platform/index.js';
import { isCredential } from '../domain/identifiers.js';
import { answersOf } from '../domain/resolution/registry.js';
import { fingerprintMark, type Thing } from '../domain/resolution/thing.js';
import { askedFor, heldBy, type Resolution, resolve } from '../domain/resolution/verdict.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import { RegistryRepository } from '../intake/registry.repository.js';

/** What somebody found elsewhere: a digest that they made where the secret is, and names. Neither is kept. */
export interface AskedCredential {
  readonly innerDigest: Buffer | null;
  readonly names: readonly string[];
}

export interface Resolved {
  readonly resolution: Resolution;
  readonly identityName: string | null;
}

/** Says whose credentials are to whoever found them elsewhere, a pipeline above all. It takes nothing in. */
@Injectable()
export class Resolutions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly findings: FindingsRepository,
    private readonly registry: RegistryRepository,
    private readonly inventory: Inventory,
    private readonly keystore: Keystore,
  ) {}

  /** In the order asked. All of them are taken to lie where no secret belongs. */
  async resolveAll(asked: readonly AskedCredential[]): Promise<Resolved[]> {
    const things = asked.map((one) => this.thingOf(one));
    const resolutions = await this.unitOfWork.read(async (tx) => {
      const holders = await this.findings.holdersOf(tx, [...new Set(things.flatMap(heldBy))]);
      const names = [...new Set(things.flatMap((thing) => [...askedFor(thing, holders)]))];
      const registry = answersOf(await this.registry.lookUp(tx, names));
      return things.map((thing) => resolve(thing, { exposed: 1, places: 1 }, { registry, holders }));
    });
    const ids = resolutions.flatMap(({ identityId }) => (identityId === null ? [] : [identityId]));
    const called = await this.inventory.namesOf([...new Set(ids)]);
    return resolutions.map((resolution) => ({
      resolution,
      identityName: called.get(resolution.identityId ?? '') ?? null,
    }));
  }

  private thingOf({ innerDigest, names }: AskedCredential): Thing {
    const mark = innerDigest && fingerprintMark(this.keystore.fingerprint(innerDigest).value.toString('hex'));
    const marks = [...(mark === null ? [] : [mark]), ...names.filter(isCredential)];
    return {
      ...{ kind: 'credential', key: marks[0] ?? '', rule: 'asked', vendor: '', name: 'credential', band: 'high' },
      ...{ because: [], lastFour: null, moot: null, secret: true, holds: [], words: [], human: false },
      ...{ marks, accounts: names.filter((name) => !isCredential(name)) },
    };
  }
}
