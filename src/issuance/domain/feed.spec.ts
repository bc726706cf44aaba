import { describe, expect, it } from '@jest/globals';
import { isUpToDate, mayFollow } from './feed.js';
import type { HeldGrant } from './scope.js';

const AT = new Date('2026-03-02T09:00:00.000Z');
const grant = (target: string, scope: string): HeldGrant => ({ id: 'grt_1', target, scope });

describe('an enforcement point', () => {
  it.each<[string, HeldGrant[], string[] | undefined, boolean]>([
    ['the grant', [grant('muster', 'enforcement')], undefined, true],
    ['a token with the scope', [grant('muster', 'enforcement')], ['enforcement'], true],
    ['a token narrowed to another scope', [grant('muster', 'enforcement')], ['other'], false],
    ['a token that says more than its grants', [], ['enforcement'], false],
    ['the scope at another target', [grant('orders', 'enforcement')], undefined, false],
    ['another scope', [grant('muster', 'reading')], undefined, false],
    ['nothing', [], undefined, false],
  ])('with %s may follow the feed: %#', (_what, held, scopes, allowed) => {
    expect(mayFollow(held, scopes)).toBe(allowed);
  });
});

describe('a heartbeat', () => {
  it.each([
    ['everything is told and the log complete', { at: AT, size: 8 }, 7, true],
    ['the log was complete a second ago', { at: new Date(AT.getTime() - 1000), size: 8 }, 7, true],
    ['the log was complete longer ago', { at: new Date(AT.getTime() - 1001), size: 8 }, 7, false],
    ['an entry is not told yet', { at: AT, size: 9 }, 7, false],
    ['the log is empty', { at: AT, size: 0 }, -1, true],
  ])('when %s: %#', (_when, horizon, index, sent) => {
    expect(isUpToDate(horizon, index, AT)).toBe(sent);
  });
});
