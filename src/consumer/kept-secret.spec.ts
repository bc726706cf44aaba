import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeMuster, ROTATION, secretOf } from '../../test/consumer/fake-muster.js';
import { HandClock } from '../../test/consumer/hand-clock.js';
import { untilTrue } from '../../test/consumer/until-true.js';
import { type ConsumerEvent, keepSecret, type KeptSecret, type Secret } from './index.js';

const muster = new FakeMuster();
const VERSION = `GET /v1/rotations/${ROTATION}/version?instance=orders-1`;
const SECRET = `GET /v1/rotations/${ROTATION}/secret?instance=orders-1`;
let clock: HandClock;
let events: ConsumerEvent[];
let kept: KeptSecret | undefined;
/** Versions that the target takes. */
let works: number[];
let tried: number[];

function keep(more: object = {}): KeptSecret {
  kept = keepSecret({
    service: muster.service,
    rotation: ROTATION,
    instance: 'orders-1',
    certificate: () => muster.held,
    isRefusal: (error: unknown) => (error as Error).message === 'refused',
    onEvent: (event) => events.push(event),
    instruments: clock,
    ...more,
  });
  return kept;
}

async function signIn({ version }: Secret): Promise<number> {
  tried.push(version);
  if (!works.includes(version)) throw new Error('refused');
  return version;
}

const heard = () => muster.acknowledged.map(({ version }) => version);
const renewals = () => events.filter(({ kind }) => kind === 'renewed').length;

beforeAll(() => muster.start());
afterAll(() => muster.stop());
beforeEach(() => {
  clock = new HandClock();
  [events, works, tried, kept] = [[], [1], [], undefined];
  muster.asked.length = muster.acknowledged.length = muster.refusals.length = 0;
  muster.handed = secretOf(1);
  muster.before = async () => undefined;
});
afterEach(() => kept?.close());

describe('a secret that is kept', () => {
  it('is fetched by the instance’s name, and again when the service said', async () => {
    expect(await keep().start()).toMatchObject({ version: 1, account: 'orders_b', secret: 'secret-1' });
    expect(clock.next).toBe(3_600_000);
    muster.handed = secretOf(2, { previousVersion: 1, renewAfterSeconds: 30 });
    clock.advance(3_600_000);
    await untilTrue(() => renewals() === 2);
    expect(kept!.current.version).toBe(2);
    expect(clock.next).toBe(30_000);
    expect(muster.asked).toEqual([SECRET, VERSION, SECRET]);
  });

  it('is not read out again while it is the same', async () => {
    await keep().start();
    await kept!.refresh();
    await kept!.refresh();
    expect(muster.asked).toEqual([SECRET, VERSION, VERSION]);
    expect(kept!.current.secret).toBe('secret-1');
  });

  it('is fetched sooner where its user wants that, and never later than the service said', async () => {
    await keep({ atLeastEverySeconds: 60 }).start();
    expect(clock.next).toBe(60_000);
    muster.handed = secretOf(1, { renewAfterSeconds: 5 });
    await kept!.refresh();
    expect(clock.next).toBe(5_000);
  });

  it('keeps the version before until the service says that it is gone', async () => {
    await keep().start();
    muster.handed = secretOf(2, { previousVersion: 1 });
    await kept!.refresh();
    expect(kept!.previous?.version).toBe(1);
    await kept!.refresh();
    expect(kept!.previous?.version).toBe(1);
    muster.handed = secretOf(2);
    await kept!.refresh();
    expect(kept!.previous).toBeUndefined();
  });

  it('goes back to the version before where the service does', async () => {
    await keep().start();
    muster.handed = secretOf(2, { previousVersion: 1 });
    await kept!.refresh();
    muster.handed = secretOf(1);
    await kept!.refresh();
    expect([kept!.current.version, kept!.previous]).toEqual([1, undefined]);
  });

  it('is acknowledged once it worked, once', async () => {
    await keep().start();
    expect(heard()).toEqual([]);
    await kept!.use(signIn);
    await kept!.use(signIn);
    await untilTrue(() => kept!.acknowledged === 1);
    expect(muster.acknowledged).toEqual([{ version: 1, instance: 'orders-1' }]);
  });

  it('is not acknowledged where it did not work', async () => {
    await keep().start();
    works = [];
    await expect(kept!.use(signIn)).rejects.toThrow('refused');
    await kept!.close();
    expect([tried, heard()]).toEqual([[1], []]);
  });

  it('is fetched anew on refusal, and the newest tried once', async () => {
    await keep().start();
    [muster.handed, works] = [secretOf(2), [2]];
    expect(await kept!.use(signIn)).toBe(2);
    expect(tried).toEqual([1, 2]);
    await untilTrue(() => kept!.acknowledged === 2);
    expect(heard()).toEqual([2]);
  });

  it('falls back to the version before where the newest is not taken yet, and does not say that it uses the newest', async () => {
    await keep().start();
    muster.handed = secretOf(2, { previousVersion: 1 });
    await kept!.refresh();
    expect(await kept!.use(signIn)).toBe(1);
    await kept!.close();
    expect([tried, heard()]).toEqual([[2, 1], []]);
  });

  it('is tried no third time', async () => {
    await keep().start();
    [muster.handed, works] = [secretOf(2, { previousVersion: 1 }), []];
    await expect(kept!.use(signIn)).rejects.toThrow('refused');
    expect(tried).toEqual([1, 2]);
  });

  it('is not fetched for a fault that is no refusal', async () => {
    await keep().start();
    await expect(kept!.use(() => Promise.reject(new Error('timed out')))).rejects.toThrow('timed out');
    expect(muster.asked).toEqual([SECRET]);
  });

  it('is fetched once where many are refused at the same time', async () => {
    await keep().start();
    [muster.handed, works] = [secretOf(2), [2]];
    const many = await Promise.all(Array.from({ length: 20 }, () => kept!.use(signIn)));
    expect(new Set(many)).toEqual(new Set([2]));
    expect(muster.asked.filter((one) => one === SECRET)).toHaveLength(2);
  });

  it('is renewed on, also where its user asks for it at the moment when it was', async () => {
    await keep({ onEvent: ({ kind }: ConsumerEvent) => kind === 'renewed' && void kept!.refresh() }).start();
    expect(clock.next).toBe(3_600_000);
  });

  it('works on while the service is away', async () => {
    await keep().start();
    muster.refusals.push(...Array.from({ length: 3 }, () => ({ status: 503, code: 'unavailable_now' })));
    await expect(kept!.refresh()).rejects.toMatchObject({ code: 'unavailable_now' });
    expect(await kept!.use(signIn)).toBe(1);
  });

  it('acknowledges again until it is heard', async () => {
    await keep().start();
    muster.refusals.push({ status: 503, code: 'unavailable_now' });
    await kept!.use(signIn);
    await untilTrue(() => events.some(({ kind }) => kind === 'failed'));
    clock.advance(clock.next!);
    await untilTrue(() => kept!.acknowledged === 1);
  });

  it('acknowledges no more what the service will not hear', async () => {
    await keep().start();
    muster.refusals.push({ status: 409, code: 'version_gone' });
    await kept!.use(signIn);
    await untilTrue(() => events.some(({ kind }) => kind === 'failed'));
    expect(events.at(-1)).toMatchObject({ what: 'acknowledgement', retryMilliseconds: null });
    expect(clock.next).toBe(3_600_000);
  });

  it('tells of a new version, and is not held up by who cannot take it', async () => {
    const told: number[] = [];
    const onChange = ({ version }: Secret) => {
      told.push(version);
      throw new Error('secret-2 cannot be taken');
    };
    await keep({ onChange }).start();
    for (const version of [2, 3]) {
      muster.handed = secretOf(version, { previousVersion: version - 1 });
      await kept!.refresh();
    }
    await kept!.close();
    expect(told).toEqual([2, 3]);
    expect(events.filter(({ kind }) => kind === 'failed')).toHaveLength(2);
  });

  it('tells nobody the secret (P9)', async () => {
    await keep({ onChange: () => Promise.reject(new Error('secret-2')) }).start();
    muster.handed = secretOf(2);
    await kept!.refresh();
    muster.handed = { ...secretOf(3), renewAfterSeconds: 'secret-3' as never };
    await expect(kept!.refresh()).rejects.toMatchObject({ code: 'answer_unreadable' });
    await kept!.close();
    expect(JSON.stringify(events)).not.toContain('secret-');
  });

  it.each([
    [{ rotation: 'rot_1' }, 'rotation'],
    [{ rotation: `${ROTATION}/../x` }, 'rotation'],
    [{ instance: '' }, 'instance'],
    [{ instance: 'a b' }, 'instance'],
    [{ instance: 'x'.repeat(101) }, 'instance'],
  ])('refuses options that could not work: %j', (wrong, what) => {
    expect(() => keep(wrong)).toThrow(what);
  });
});
