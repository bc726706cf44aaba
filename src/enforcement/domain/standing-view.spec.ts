import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseFeedLine, parseSnapshot } from './feed-line.js';
import { StandingView } from './standing-view.js';

const AT = '2026-01-01T00:00:00.000Z';
const BOT = 'spiffe://bank.example/bot';
const OTHER = 'spiffe://bank.example/other';

let view: StandingView;
const event = (index: number, type: string, more: object) =>
  view.apply(parseFeedLine(JSON.stringify({ kind: 'event', index, type, at: AT, ...more })));
const heartbeat = (index: number) => view.apply({ kind: 'heartbeat', index, at: new Date(AT) });
const snapshot = (index: number, serials: readonly string[] = [], refused: readonly string[] = []) => ({
  index,
  revoked: serials.map((serialNumber) => ({ serialNumber })),
  refused: refused.map((spiffeId) => ({ spiffeId })),
});

beforeEach(() => {
  view = new StandingView();
  view.reset(snapshot(10, ['aa'], [BOT]));
});

describe('the view of whom to refuse', () => {
  it('knows nothing before a snapshot', () => expect(new StandingView().isKnown).toBe(false));

  it('begins with what the snapshot names', () => {
    expect([view.isKnown, view.isRevoked('aa'), view.isRefused(BOT), view.isRevoked('bb')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('knows serial numbers in whatever case and padding the service writes them', () => {
    view.reset(snapshot(11, ['00AB']));
    expect(view.isRevoked('ab')).toBe(true);
  });

  it('learns revocations, and says whom they stop', () => {
    expect(event(11, 'certificate.revoked', { serialNumber: 'BB' })).toEqual({ serialNumber: 'bb' });
    expect(view.isRevoked('bb')).toBe(true);
  });

  it.each([
    ['identity.suspended', undefined, true],
    ['identity.retired', undefined, true],
    ['identity.resumed', undefined, false],
    ['identity.activated', undefined, false],
    ['identity.resumed', 'suspended', true],
    ['identity.suspended', 'active', false],
    ['identity.suspended', 'unheard-of', true],
  ])('after %s with status %p refuses the identity: %p', (type, status, refused) => {
    const stopped = event(11, type, { spiffeId: OTHER, ...(status && { status }) });
    expect(view.isRefused(OTHER)).toBe(refused);
    expect(stopped).toEqual(refused ? { spiffeId: OTHER } : undefined);
  });

  it('lets an identity in again when it is resumed', () => {
    event(11, 'identity.resumed', { spiffeId: BOT });
    expect(view.isRefused(BOT)).toBe(false);
  });

  it('passes over events that it does not know', () => expect(event(11, 'team.changed', {})).toBeUndefined());

  it.each([
    ['certificate.revoked', {}],
    ['identity.suspended', { identityId: 'mid_1' }],
  ])('does not pass over %s about nobody it can tell', (type, more) => {
    expect(() => event(11, type, more)).toThrow(expect.objectContaining({ code: 'feed_line_malformed' }));
  });

  it('reads on before the last event, as several share one index, until a heartbeat has closed it', () => {
    event(12, 'identity.suspended', { spiffeId: BOT });
    expect(view.after).toBe(11);
    event(12, 'identity.suspended', { spiffeId: OTHER });
    expect(view.after).toBe(11);
    heartbeat(12);
    expect(view.after).toBe(12);
  });

  it('never reads back', () => {
    heartbeat(12);
    heartbeat(3);
    event(4, 'team.changed', {});
    expect(view.after).toBe(12);
  });

  it('keeps what the stream told when a replica answers with an older snapshot', () => {
    event(13, 'certificate.revoked', { serialNumber: 'cc' });
    view.reset(snapshot(11));
    expect([view.after, view.isRevoked('cc')]).toEqual([12, true]);
  });

  it('follows a log that was restored from a backup, and forgets no revocation', () => {
    event(13, 'certificate.revoked', { serialNumber: 'cc' });
    view.reset(snapshot(5, ['dd']), true);
    expect([view.after, view.isRevoked('cc'), view.isRevoked('dd')]).toEqual([5, true, true]);
  });
});

describe('lines of the feed', () => {
  it.each([
    '',
    'null',
    '[]',
    '{',
    '{"kind":"other","index":1}',
    '{"kind":"heartbeat","index":1}',
    '{"kind":"heartbeat","index":1,"at":"yesterday"}',
    '{"kind":"heartbeat","index":-2,"at":"2026-01-01T00:00:00Z"}',
    '{"kind":"event","index":"1","type":"certificate.revoked"}',
    '{"kind":"event","index":1}',
  ])('are not %s', (text) => {
    expect(() => parseFeedLine(text)).toThrow(expect.objectContaining({ code: 'feed_line_malformed' }));
  });

  it.each(['', '{}', '{"index":1,"revoked":[]}', '{"index":1,"revoked":[{}],"refused":[{}]}'])(
    'and %s is no snapshot',
    (text) => expect(() => parseSnapshot(text)).toThrow(expect.objectContaining({ code: 'snapshot_malformed' })),
  );
});
