import { describe, expect, it } from '@jest/globals';
import { type Circumstances, type Credential, refusalOf } from './decide.js';
import { StandingView } from './standing-view.js';

const credential: Credential = {
  spiffeId: 'spiffe://bank.example/bot',
  serialNumber: 'aa',
  validFrom: new Date('2026-01-01T00:00:00Z'),
  validUntil: new Date('2026-01-01T01:00:00Z'),
};
const now: Circumstances = {
  at: new Date('2026-01-01T00:30:00Z'),
  feedAgeMilliseconds: 5000,
  maxFeedAgeMilliseconds: 5000,
  sensitive: true,
};

function viewWith(serials: readonly string[], ids: readonly string[]): StandingView {
  const view = new StandingView();
  view.reset({
    index: 1,
    revoked: serials.map((serialNumber) => ({ serialNumber })),
    refused: ids.map((spiffeId) => ({ spiffeId })),
  });
  return view;
}

const clear = viewWith([], []);

describe('whether a credential is refused', () => {
  it('is no, when nothing speaks against it', () => expect(refusalOf(clear, credential, now)).toBeUndefined());

  it('is no, over a feed that is old, for what is not sensitive', () => {
    expect(refusalOf(clear, credential, { ...now, feedAgeMilliseconds: Infinity, sensitive: false })).toBeUndefined();
  });

  it.each<[string, StandingView, Partial<Circumstances>, string]>([
    ['before it is valid', clear, { at: new Date('2025-12-31T23:59:59Z') }, 'certificate_invalid'],
    ['after it has expired', clear, { at: new Date('2026-01-01T01:00:01Z') }, 'certificate_invalid'],
    ['at no instant', clear, { at: new Date(NaN) }, 'certificate_invalid'],
    ['without a snapshot', new StandingView(), {}, 'feed_missing'],
    ['once it is revoked', viewWith(['aa'], []), {}, 'revoked'],
    ['while its identity is stopped', viewWith([], [credential.spiffeId]), {}, 'identity_refused'],
    ['while the feed is too old', clear, { feedAgeMilliseconds: 5001 }, 'feed_stale'],
    ['while the age of the feed is unknown', clear, { feedAgeMilliseconds: NaN }, 'feed_stale'],
  ])('is yes, %s', (_name, view, change, code) => {
    expect(refusalOf(view, credential, { ...now, ...change })).toMatchObject({ effect: 'refuse', code });
  });
});
