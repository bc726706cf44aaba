import { createPrivateKey, X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeMuster } from '../../test/consumer/fake-muster.js';
import { HandClock } from '../../test/consumer/hand-clock.js';
import { untilTrue } from '../../test/consumer/until-true.js';
import { type ConsumerEvent, type IssuedWithKey, keepCertificate, type KeptCertificate } from './index.js';

const muster = new FakeMuster();
const RENEWAL = 'POST /v1/certificates/renewal';
let clock: HandClock;
let events: ConsumerEvent[];
let kept: KeptCertificate | undefined;

function keep(more: object = {}): KeptCertificate {
  kept = keepCertificate({
    service: muster.service,
    held: muster.held,
    onEvent: (event) => events.push(event),
    instruments: clock,
    ...more,
  });
  return kept;
}

const leafOf = (chain: string) => new X509Certificate(chain).raw.toString('base64');
const renewals = () => events.filter(({ kind }) => kind === 'renewed').length;
const failures = () => events.filter(({ kind }) => kind === 'failed').length;

beforeAll(() => muster.start());
afterAll(() => muster.stop());
beforeEach(() => {
  clock = new HandClock();
  [events, kept] = [[], undefined];
  muster.asked.length = muster.shown.length = muster.refusals.length = 0;
  muster.renewAfterSeconds = 2400;
  muster.before = async () => undefined;
});
afterEach(() => kept?.close());

describe('a certificate that is kept', () => {
  it('is renewed at the start with a new key, and again when the service said, each with the one before', async () => {
    const first = await keep().start();
    expect(first.key).not.toBe(muster.held.key);
    expect(clock.next).toBe(2_400_000);
    clock.advance(2_400_000);
    await untilTrue(() => renewals() === 2);
    expect(muster.asked).toEqual([RENEWAL, RENEWAL]);
    expect(muster.shown).toEqual([leafOf(muster.held.chain), leafOf(first.chain)]);
    expect(kept!.current.key).not.toBe(first.key);
    const { key, chain } = kept!.current;
    expect(new X509Certificate(chain).checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  it('is used only once it is stored', async () => {
    const stored: string[] = [];
    await keep({ store: async ({ key }: IssuedWithKey) => void stored.push(key) }).start();
    expect(stored).toEqual([kept!.current.key]);
    await kept!.close();
    const failing = keep({ store: () => Promise.reject(new Error('disk full')) });
    expect((await failing.start()).key).toBe(muster.held.key);
    expect(events.at(-1)).toMatchObject({ kind: 'failed', what: 'certificate', code: 'unexpected' });
    expect(JSON.stringify(events)).not.toContain('disk full');
  });

  it('goes on with what it holds while the service is away, and comes back by itself', async () => {
    muster.refusals.push({ status: 503, code: 'unavailable_now' }, { status: 503, code: 'unavailable_now' });
    expect((await keep().start()).key).toBe(muster.held.key);
    expect(events).toMatchObject([{ kind: 'failed', code: 'unavailable_now', retryMilliseconds: 100 }]);
    clock.advance(clock.next!);
    await untilTrue(() => failures() === 2);
    clock.advance(clock.next!);
    await untilTrue(() => renewals() === 1);
    expect(kept!.current.key).not.toBe(muster.held.key);
  });

  it('renews once where many ask at the same time', async () => {
    await keep().start();
    const many = await Promise.all(Array.from({ length: 20 }, () => kept!.refresh()));
    expect(new Set(many.map(({ key }) => key)).size).toBe(1);
    expect(muster.asked).toHaveLength(2);
  });

  it.each([401, 403])('is proved anew where the service shuts it out (%d)', async (status) => {
    const given = { id: 'crt_new', key: 'new key', certificate: 'new', chain: [], lifeSeconds: 60 };
    muster.refusals.push({ status, code: 'certificate_revoked' });
    await keep({ prove: async () => ({ ...given, renewAfterSeconds: 40 }) }).start();
    expect(kept!.current).toEqual({ key: 'new key', chain: 'new\n' });
    expect(clock.next).toBe(40_000);
  });

  it('is proved anew after its life, by the length of its life and no clock that can be set', async () => {
    let proofs = 0;
    const prove = async () => ({
      ...muster.held,
      id: `crt_${(proofs += 1)}`,
      certificate: muster.held.chain,
      chain: [],
    });
    const issued = { lifeSeconds: 3600, renewAfterSeconds: 60 };
    await keep({ prove: async () => ({ ...(await prove()), ...issued }) }).start();
    const refuse = () => muster.refusals.push({ status: 503, code: 'unavailable_now' });
    refuse();
    await expect(kept!.refresh()).rejects.toMatchObject({ code: 'unavailable_now' });
    expect(proofs).toBe(0);
    clock.advance(3_600_001);
    await untilTrue(() => renewals() === 2);
  });

  it('refuses options that could not work', () => {
    expect(() => keep({ service: { ...muster.service, mutualUrl: 'http://localhost' } })).toThrow('https');
    expect(() => keep({ service: { ...muster.service, root: 'x' } })).toThrow('PEM');
  });
});
