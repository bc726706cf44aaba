import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { HandedSecret } from '../../src/rotation/consumers/consumers.service.js';
import { type RotatingPair, RotationRoom } from '../rotation/room.js';
import { PASSWORD_BEFORE, RotatingServer } from '../rotation/server.js';
import { everyStepOnce } from '../rotation/steps-done.js';
import { Strain } from '../rotation/strain/strain.js';
import { cloneDatabase } from '../harness/index.js';
import { seeded } from './cases/random-walk.js';

jest.setTimeout(300_000);

/**
 * Consumers that follow their contract, fast, slow, and offline for a while, use pairs of roles on a real PostgreSQL that
 * rotate again and again, watched for a second each time. The long form is `npm run soak -- rotation`.
 */

const PAIRS = 4;
const ROTATIONS = 3;
/** How long each kind of consumer does something else between two uses, in milliseconds. */
const KINDS = { fast: 100, slow: 400, away: 3_000 } as const;

type Sign = Pick<HandedSecret, 'account' | 'secret'>;

/** Renews when it comes by, keeps the one before for as long as it is told to, and is never left out of the count. */
class FaithfulConsumer {
  readonly failures: string[] = [];
  uses = 0;
  private newest: Sign;
  private before: Sign | undefined;
  private version = 0;

  constructor(
    private readonly room: RotationRoom,
    private readonly pair: RotatingPair,
    readonly instance: keyof typeof KINDS,
  ) {
    this.newest = { account: pair.accounts[0], secret: PASSWORD_BEFORE };
  }

  async live(going: () => boolean): Promise<void> {
    while (going()) {
      await this.renew();
      await this.use();
      await sleep(KINDS[this.instance]);
    }
  }

  private async renew(): Promise<void> {
    const handed = await this.pair.fetch(this.instance).catch(() => undefined);
    if (!handed) return;
    if (handed.version !== this.version) this.before = this.newest;
    else if (handed.previousVersion === null && this.version > 1) this.before = undefined;
    [this.newest, this.version] = [handed, handed.version];
  }

  private async use(): Promise<void> {
    this.uses += 1;
    if (await this.opens(this.newest)) return void (this.version > 0 && (await this.acknowledge()));
    const refused = this.version;
    await this.renew();
    if (this.version !== refused && (await this.opens(this.newest))) return;
    if (this.before && (await this.opens(this.before))) return;
    this.failures.push(`${this.instance} with version ${this.version} of ${this.newest.account}`);
  }

  private opens({ account, secret }: Sign): Promise<boolean> {
    return this.room.server.opens(account, secret, this.instance);
  }

  private acknowledge(): Promise<void> {
    return this.pair.acknowledge(this.version, this.instance).catch(() => undefined);
  }
}

let room: RotationRoom;

beforeAll(async () => {
  room = await RotationRoom.open();
});
afterAll(() => room?.close());

describe('rotation under use (P5)', () => {
  it('strands nobody, orphans nothing and does nothing twice', async () => {
    const targetId = await room.target();
    const instances = Object.keys(KINDS) as (keyof typeof KINDS)[];
    const pairs: RotatingPair[] = [];
    for (let left = PAIRS; left > 0; left -= 1) {
      const pair = await room.pair(targetId, { expectedConsumers: instances });
      await pair.hurry(1);
      pairs.push(pair);
    }
    let going = true;
    const consumers = pairs.flatMap((pair) => instances.map((name) => new FaithfulConsumer(room, pair, name)));
    const lives = consumers.map((consumer) => consumer.live(() => going));
    for (let round = 1; round <= ROTATIONS; round += 1) {
      const runs = await Promise.all(pairs.map((pair) => pair.start()));
      for (const { id } of runs)
        expect(await room.until(id, ({ state }) => state !== 'running')).toMatchObject({ state: 'finished' });
    }
    going = false;
    await Promise.all(lives);
    const authenticationFailures = consumers.flatMap(({ failures }) => failures);
    const { rows } = await room.superuser.query<{ account: string }>(
      `SELECT s.account FROM muster.rotation_secrets s JOIN muster.rotations r ON r.id = s.rotation_id
       WHERE s.version = r.current_version ORDER BY 1`,
    );
    expect({
      authenticationFailures,
      orphanedCredentials: (await room.server.canSignIn()).filter((name) =>
        rows.every(({ account }) => account !== name),
      ),
      doubledSteps: await everyStepOnce(room.superuser),
    }).toEqual({ authenticationFailures: [], orphanedCredentials: [], doubledSteps: [] });
    expect(Math.min(...consumers.map(({ uses }) => uses))).toBeGreaterThan(1);
    expect(room.failures).toEqual([]);
  });
});

describe('rotation while everything else goes wrong (P5)', () => {
  it('strands nobody either: the short form of `npm run soak -- rotation`', async () => {
    const [database, postgresql] = await Promise.all([cloneDatabase(), RotatingServer.start()]);
    try {
      const {
        counts,
        waits: _waits,
        ...found
      } = await Strain.run({
        ...{ identities: 4, seconds: 10, random: seeded(1), workers: 0, clocks: [-3600, 3600] },
        ...{ observeSeconds: 2, restMilliseconds: 100, certificateSeconds: 90, database, postgresql },
      });
      expect(found).toEqual({
        ...{ authenticationFailures: [], orphanedCredentials: [], doubledSteps: [] },
        ...{ inconsistencies: [], unused: [], unfinished: [] },
      });
      // Three pairs, of which each rotated once in peace.
      expect(counts.rotations).toBeGreaterThanOrEqual(6);
      expect(counts.kills).toBeGreaterThanOrEqual(1);
    } finally {
      await postgresql.stop();
      await database.drop();
    }
  });
});
