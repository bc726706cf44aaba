import { describe, expect, it } from '@jest/globals';
import { addSeconds } from '../../../kernel/index.js';
import type { Approver } from './approver.js';
import {
  decideDevice,
  DEVICE_CODE_LIFE_SECONDS,
  deviceImage,
  INTERVAL_SECONDS,
  poll,
  requestDevice,
} from './device-authorization.js';

const AT = new Date('2026-03-02T09:00:00.000Z');
const waiting = requestDevice('dau_0192f0c1a2b37c4d8e5f60718293a4b5', AT);
const approver: Approver = {
  personId: 'per_0192f0c1a2b37c4d8e5f60718293a4b5',
  sessionId: 'ses_0192f0c1a2b37c4d8e5f60718293a4b5',
  acr: 'loa3',
  amr: ['user'],
  proofs: { loa3: AT },
};
const after = (seconds: number) => addSeconds(AT, seconds);

describe('a device that waits', () => {
  it('is told so while nobody has decided (RFC 8628 §3.5)', () => {
    expect(poll(waiting, AT)).toMatchObject({ kind: 'refused', refusal: { code: 'authorization_pending' } });
  });

  it('may ask every five seconds; asking sooner costs it five more, from then on (RFC 8628 §3.5)', () => {
    const first = poll(waiting, AT).next;
    const soon = poll(first, after(2));
    expect(soon).toMatchObject({ refusal: { code: 'slow_down' }, next: { intervalSeconds: 10 } });
    expect(poll(soon.next, after(2 + INTERVAL_SECONDS))).toMatchObject({ refusal: { code: 'slow_down' } });
    expect(poll(soon.next, after(12))).toMatchObject({ refusal: { code: 'authorization_pending' } });
    expect(poll(first, after(INTERVAL_SECONDS))).toMatchObject({ refusal: { code: 'authorization_pending' } });
  });

  it('is let in once, with what the approver had proved', () => {
    const approved = decideDevice(waiting, approver, after(10));
    const answer = poll(approved, after(11));
    expect(answer).toMatchObject({ kind: 'admitted', approver, next: { state: 'spent' } });
    expect(poll(answer.next, after(12))).toMatchObject({ kind: 'refused', refusal: { code: 'invalid_grant' } });
  });

  it('is told when its person refused', () => {
    expect(poll(decideDevice(waiting, 'deny', after(10)), after(11))).toMatchObject({
      kind: 'refused',
      refusal: { code: 'access_denied' },
    });
  });

  it.each(['pending', 'approved', 'denied'] as const)(
    'is told that it is too late after ten minutes, %s or not',
    (state) => {
      const decided = state === 'pending' ? waiting : decideDevice(waiting, state === 'denied' ? 'deny' : approver, AT);
      const late = poll(decided, after(DEVICE_CODE_LIFE_SECONDS));
      expect(late).toMatchObject({ kind: 'refused', refusal: { code: 'expired_token' } });
      expect(late.next).toBe(decided);
    },
  );
});

describe('a decision about a device', () => {
  it.each([approver, 'deny' as const])('is made once', (verdict) => {
    const decided = decideDevice(waiting, verdict, after(1));
    for (const again of [approver, 'deny' as const])
      expect(() => decideDevice(decided, again, after(2))).toThrow(expect.objectContaining({ code: 'device_decided' }));
  });

  it('comes in time or not at all', () => {
    const late = () => decideDevice(waiting, approver, after(DEVICE_CODE_LIFE_SECONDS));
    expect(late).toThrow(expect.objectContaining({ code: 'device_unknown' }));
  });

  it('leaves an image without codes or names', () => {
    expect(deviceImage(decideDevice(waiting, approver, after(1)))).toEqual({
      id: waiting.id,
      state: 'approved',
      session_id: approver.sessionId,
      acr: 'loa3',
      requested_at: '2026-03-02T09:00:00.000Z',
      expires_at: '2026-03-02T09:10:00.000Z',
      decided_at: '2026-03-02T09:00:01.000Z',
    });
  });
});
