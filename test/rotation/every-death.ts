import { describe, expect, it } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import type { Credential } from '../../src/targets/index.js';
import type { Bench } from '../targets/rotator-contract.js';
import { DyingWorker, Holder, propose } from './dying-worker.js';
import type { RotationRoom } from './room.js';

const REFUSED = { works: false, code: 'refused' };
const WORKS = { works: true };

/** What a death leaves on one kind of target: tried with its rotator, and whatever that talks to. */
export function itSurvivesEveryDeath(
  kind: string,
  room: () => RotationRoom,
  bench: () => Pick<Bench, 'rotator' | 'accounts' | 'settleMilliseconds'>,
  { andBack = false } = {},
): void {
  /** Some targets take a moment to believe themselves. */
  const proves = async (credential: Credential, wanted: object) => {
    const giveUpAt = Date.now() + (bench().settleMilliseconds ?? 0);
    for (;;) {
      const proof = await bench().rotator().prove(credential);
      if (proof.works === (wanted === WORKS) || Date.now() >= giveUpAt) return expect(proof).toEqual(wanted);
    }
  };

  /** What somebody made who is not Muster, in the first of the accounts. */
  const begin = async (account: string): Promise<Credential> => {
    const before = await bench().rotator().survey(account);
    const old = { account, ...(await bench().rotator().create(account, propose(), before, null)) };
    if (bench().rotator().pairing === 'keys') await bench().rotator().revoke({ account, keyId: null, secret: '' }, old);
    return old;
  };

  describe(`a worker that rotates ${kind} and dies at every point of its way (P3, P5)`, () => {
    it('always leaves one that works, and in the end one alone, with each step done once', async () => {
      const accounts = await bench().accounts();
      const old = await begin(accounts[0]);
      const rotationId: Id<'rotation'> = await room().duty([...new Set(accounts)]);
      const { superuser } = room();
      const stage = { get: room().get.bind(room()), superuser, rotationId, rotator: () => bench().rotator() };
      const holder = new Holder(stage, old);
      const stands = async (mayBeGone: boolean) => {
        await proves(await holder.newest(), WORKS);
        const older = mayBeGone ? undefined : await holder.older();
        if (older) await proves(older, WORKS);
      };
      // The first takes over what somebody else made; the second has both by its own hand.
      for (let turn = 1, former = old; turn <= 2; turn += 1) {
        await new DyingWorker(stage).rotate(stands);
        const newest = await holder.newest();
        expect(newest.secret).not.toBe(former.secret);
        await proves(newest, WORKS);
        // Tokens that Muster did not make end by themselves.
        if (turn > 1 || bench().rotator().pairing !== 'issued') await proves(former, REFUSED);
        else await bench().rotator().revoke(former, newest);
        await expectNothingElse(accounts, newest);
        holder.leave((former = newest));
      }
      if (!andBack) return;
      const before = await holder.newest();
      await new DyingWorker(stage).goBack(stands);
      expect(await holder.newest()).toEqual(before);
      await proves(before, WORKS);
      await expectNothingElse(accounts, before);
    });
  });

  /** Whatever was made on the way and lost is gone. */
  async function expectNothingElse(accounts: readonly [string, string], { account, keyId }: Credential): Promise<void> {
    const { keyIds, passwords } = await bench().rotator().survey(account);
    if (Array.isArray(keyIds)) expect(keyIds).toEqual([keyId]);
    if (typeof passwords === 'number') expect(passwords).toBe(1);
    const [other] = accounts.filter((name) => name !== account);
    if (other !== undefined) expect(await bench().rotator().survey(other)).toMatchObject({ canLogin: false });
  }
}
