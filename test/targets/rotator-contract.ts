import { inspect } from 'node:util';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MusterError } from '../../src/kernel/index.js';
import type { Credential, CredentialName, Rotator, Survey } from '../../src/targets/index.js';

/** A place where rotators of one kind are tried, as a test file has it. */
export interface Bench {
  /** Another one every time, as after a crash. */
  readonly rotator: () => Rotator;
  /** One whose target does not answer. */
  readonly unreachable: () => Rotator;
  /** The accounts of one duty, ready to be rotated: two with the same rights, or the same one twice. */
  readonly accounts: () => Promise<readonly [string, string]>;
  /** Signs in as a consumer does, and stays until it is told to go; absent where the target has no sessions. */
  readonly signIn?: (credential: Credential) => Promise<() => Promise<unknown>>;
  /** Names that no account has there, some of them made to do harm. */
  readonly hostile: readonly string[];
  /** What is secret and must be told nobody: how Muster itself gets in. */
  readonly secrets: readonly string[];
  /** How long it may take until the target itself believes what it was told. */
  readonly settleMilliseconds?: number;
}

type Made = Credential & { readonly expiresAt: Date | null };

const propose = () => randomBytes(32).toString('base64url');
const REFUSED = { works: false, code: 'refused' };
const WORKS = { works: true };

/** What every rotator keeps to, whatever it rotates (docs/guides/rotation-target.md). */
export function itKeepsTheContract(kind: string, bench: () => Bench): void {
  const make = async (
    account: string,
    proposed: string,
    before: Survey,
    beside: CredentialName | null,
  ): Promise<Made> => ({ account, ...(await bench().rotator().create(account, proposed, before, beside)) });
  const begin = async () => {
    const [first, second] = await bench().accounts();
    const before = await bench().rotator().survey(first);
    const old = await make(first, propose(), before, null);
    // What was there before Muster, if anything, goes as it does at the end of a first run.
    const unknown = { account: first, keyId: null, secret: '' };
    if (bench().rotator().pairing === 'keys') await bench().rotator().revoke(unknown, old);
    return { first, second, old };
  };
  /** Looks until it is so, as an engine does: some targets take a moment to believe themselves. */
  const proves = async (credential: Credential, wanted: object) => {
    const giveUpAt = Date.now() + (bench().settleMilliseconds ?? 0);
    for (;;) {
      const proof = await bench().rotator().prove(credential);
      if (JSON.stringify(proof) === JSON.stringify(wanted) || Date.now() >= giveUpAt)
        return expect(proof).toEqual(wanted);
    }
  };

  describe(`the rotator of ${kind}`, () => {
    it('makes a new one beside the old, which goes on until it is withdrawn, and then alone is dead', async () => {
      const { old, second } = await begin();
      await proves(old, WORKS);
      await bench().rotator().watch(second);
      const next = await make(second, propose(), await bench().rotator().survey(second), old);
      await proves(next, WORKS);
      await proves(old, WORKS);
      await bench().rotator().revoke(old, next);
      await proves(old, REFUSED);
      await proves(next, WORKS);
    });

    it('withdraws the new one in place of the old, where a run is given up', async () => {
      const { old, second } = await begin();
      const next = await make(second, propose(), await bench().rotator().survey(second), old);
      await bench().rotator().revoke(next, old);
      await proves(next, REFUSED);
      await proves(old, WORKS);
    });

    it('comes to the same wherever it dies: what was done and not heard of is done again', async () => {
      for (const death of [1, 2, 3, 4]) {
        const { old, second } = await begin();
        const [proposed, before] = [propose(), await bench().rotator().survey(second)];
        const steps = [
          () => bench().rotator().watch(second),
          () => make(second, proposed, before, old),
          () => make(second, proposed, before, old),
        ];
        for (const step of steps.slice(0, death)) await step();
        const next = await make(second, proposed, before, old);
        await proves(next, WORKS);
        await proves(old, WORKS);
        for (let times = 0; times < 2; times += 1) await bench().rotator().revoke(old, next);
        await proves(next, WORKS);
        await proves(old, REFUSED);
        await expectNothingLeft(second, next);
      }
    });

    it('leaves nothing behind of one that was made twice', async () => {
      const { old, second } = await begin();
      const [proposed, before] = [propose(), await bench().rotator().survey(second)];
      const lost = await make(second, proposed, before, old);
      const next = await make(second, proposed, before, old);
      await bench().rotator().revoke(old, next);
      await bench().rotator().revoke(next, null);
      await proves(next, REFUSED);
      await proves(lost, REFUSED);
    });

    it('goes on turn by turn', async () => {
      let { old, first, second } = await begin();
      for (let turn = 0; turn < 3; turn += 1) {
        const next = await make(second, propose(), await bench().rotator().survey(second), old);
        await bench().rotator().revoke(old, next);
        await proves(next, WORKS);
        await proves(old, REFUSED);
        [old, first, second] = [next, second, first];
      }
    });

    it('says `refused` of a wrong secret, and of a target that does not answer that it does not', async () => {
      const { old } = await begin();
      await proves({ ...old, secret: propose() }, REFUSED);
      const away = bench().unreachable();
      const calls: (() => Promise<unknown>)[] = [
        () => away.prove(old),
        () => away.survey(old.account),
        () => away.watch(old.account),
        () => away.usage(old, new Date()),
        () => away.coverage(old.account),
        () => away.create(old.account, propose(), {}, null),
        () => away.revoke(old, null),
      ];
      const answers = await Promise.all(calls.map((call) => call().then(() => 'done', kindOf)));
      // Some have nothing to ask of the target there.
      expect(new Set(answers.filter((answer) => answer !== 'done'))).toEqual(new Set(['unavailable']));
      expect(answers[0]).toBe('unavailable');
      expect([answers[5], answers[6]]).toEqual(['unavailable', 'unavailable']);
      await proves(old, WORKS);
    });

    it('surveys what is there without any secret, in what JSON can say', async () => {
      const { old } = await begin();
      const survey = await bench().rotator().survey(old.account);
      expect(JSON.parse(JSON.stringify(survey))).toEqual(survey);
      for (const secret of [old.secret, ...bench().secrets]) expect(JSON.stringify(survey)).not.toContain(secret);
    });

    it('says who uses it, and what it cannot see', async () => {
      const { old } = await begin();
      const promised = await bench().rotator().coverage(old.account);
      const leave = await bench().signIn?.(old);
      const usage = await bench()
        .rotator()
        .usage(old, new Date(Date.now() - 60_000));
      await leave?.();
      expect(usage.coverage).toBe(promised.coverage);
      expect(usage.gaps.length > 0).toBe(usage.coverage !== 'complete');
      expect(usage.completeSince !== null).toBe(['complete', 'late'].includes(usage.coverage));
      if (leave) expect(usage.callers).toContainEqual(expect.objectContaining({ open: true }));
      expect(JSON.stringify(usage)).not.toContain(old.secret);
    });

    it('ends what a withdrawn one held open', async () => {
      const { signIn } = bench();
      if (!signIn) return;
      const { old, second } = await begin();
      const leave = await signIn(old);
      const next = await make(second, propose(), await bench().rotator().survey(second), old);
      await bench().rotator().revoke(old, next);
      const { callers } = await bench().rotator().usage(old, new Date());
      expect(callers.filter(({ open }) => open)).toEqual([]);
      await leave().catch(() => undefined);
    });

    it('takes no secret that two systems could read in two ways, and repeats none', async () => {
      const [account] = await bench().accounts();
      const before = await bench().rotator().survey(account);
      for (const proposed of [
        '',
        'short',
        'pässwörd-pässwörd-pässwörd',
        `${propose()}\n`,
        `${propose()}\0`,
        'x'.repeat(257),
      ]) {
        const error = await errorOf(bench().rotator().create(account, proposed, before, null));
        expect(error.code).toBe('secret_invalid');
        if (proposed !== '') expect(inspect(error)).not.toContain(proposed);
      }
    });

    it('refuses to withdraw what is to go on', async () => {
      const { old } = await begin();
      expect((await errorOf(bench().rotator().revoke(old, old))).code).toBe('account_in_use');
      await proves(old, WORKS);
    });

    it('does nothing to accounts of names that nobody has, and tells no secret of its own', async () => {
      const { old } = await begin();
      const secret = propose();
      for (const account of bench().hostile) {
        const credential = { account, keyId: null, secret };
        const calls: (() => Promise<unknown>)[] = [
          () => bench().rotator().create(account, secret, {}, null),
          () => bench().rotator().prove(credential),
          () => bench().rotator().usage(credential, new Date()),
          () => bench().rotator().revoke(credential, null),
        ];
        for (const call of calls) {
          const told = await call().then(
            (value) => inspect(value, { depth: 9 }),
            (error: unknown) => {
              if (!(error instanceof MusterError)) throw error;
              return inspect(error, { depth: 9 });
            },
          );
          for (const hidden of [secret, ...bench().secrets]) expect(told).not.toContain(hidden);
        }
        expect(await bench().rotator().prove(credential).catch(codeOf)).not.toEqual(WORKS);
      }
      await proves(old, WORKS);
    });

    it('says how long one lives that nobody withdraws', async () => {
      const [account] = await bench().accounts();
      const seconds = await bench().rotator().longestLifeSeconds(account);
      if (seconds !== null) expect(seconds).toBeGreaterThan(0);
    });
  });

  /** Whatever else was made on the way is gone: only the last one works. */
  async function expectNothingLeft(account: string, next: Made): Promise<void> {
    const left = await bench().rotator().survey(account);
    const keys = left.keyIds;
    if (Array.isArray(keys)) expect(keys).toEqual([next.keyId]);
    if (typeof left.passwords === 'number') expect(left.passwords).toBe(1);
  }
}

async function errorOf(work: Promise<unknown>): Promise<MusterError> {
  return work.then(
    () => {
      throw new Error('It was not refused.');
    },
    (error: unknown) => {
      if (error instanceof MusterError) return error;
      throw error;
    },
  );
}

function kindOf(error: unknown): string {
  if (!(error instanceof MusterError)) throw error;
  return error.kind;
}

function codeOf(error: unknown): string {
  if (!(error instanceof MusterError)) throw error;
  return error.code;
}
