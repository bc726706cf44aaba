import { describe, expect, it } from '@jest/globals';
import { type Intent, REVIEW_KEYS, reviewKeyboard } from '../../src/console/app/reviews/queue/keyboard.js';
import {
  decided,
  moved,
  neighbour,
  nextOpen,
  type Queued,
  startAt,
  whyNotInBulk,
} from '../../src/console/app/reviews/queue/queue.js';

const item = (id: string, state: Queued['state'] = 'open'): Queued => ({
  id,
  state,
  decision: state === 'open' || state === 'excepted' ? null : { decision: 'keep' },
});

describe('the keys of the queue', () => {
  const plain = { at: 0, isModified: false, isRepeated: false };
  const press = (key: string, more: object = {}) => reviewKeyboard().intentOf({ key, ...plain, ...more });

  it.each<readonly [string, Intent]>([
    ['j', { kind: 'move', step: 1 }],
    ['k', { kind: 'move', step: -1 }],
    ['1', { kind: 'decide', decision: 'keep' }],
    ['2', { kind: 'decide', decision: 'reduce' }],
    ['3', { kind: 'decide', decision: 'revoke' }],
    ['4', { kind: 'decide', decision: 'reassign' }],
    ['5', { kind: 'decide', decision: 'delegate' }],
    ['u', { kind: 'undo' }],
    ['t', { kind: 'table' }],
    ['x', { kind: 'choose' }],
    ['s', { kind: 'sign' }],
  ])('%s is %j', (key, intent) => expect(press(key)).toEqual(intent));

  it.each(['0', '6', '12', 'q', 'Enter', 'J', ' '])('%j means nothing', (key) => expect(press(key)).toBeUndefined());

  it('with control, alt or command belong to the browser', () =>
    expect(press('1', { isModified: true })).toBeUndefined());

  it('held down decide once, and still move', () => {
    expect(press('3', { isRepeated: true })).toBeUndefined();
    expect(press('u', { isRepeated: true })).toBeUndefined();
    expect(press('j', { isRepeated: true })).toEqual({ kind: 'move', step: 1 });
  });

  it('after g go elsewhere, and decide nothing', () => {
    const keyboard = reviewKeyboard();
    const at = (key: string, when: number) => keyboard.intentOf({ ...plain, key, at: when });
    expect([at('g', 100), at('u', 1_000), at('u', 1_001)]).toEqual([undefined, undefined, { kind: 'undo' }]);
    expect([at('g', 2_000), at('g', 2_100), at('1', 2_200)]).toEqual([
      undefined,
      undefined,
      { kind: 'decide', decision: 'keep' },
    ]);
    expect([at('g', 5_000), at('1', 7_000)]).toEqual([undefined, { kind: 'decide', decision: 'keep' }]);
  });

  it('are those that the help lists, and no others', () => {
    const every = [...Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)), 'Enter', 'Escape'];
    const told = REVIEW_KEYS.flatMap(({ keys }) => [...keys]);
    expect(every.filter((key) => press(key) !== undefined).sort()).toEqual(told.sort());
  });
});

describe('the queue', () => {
  const items = [item('a', 'staged'), item('b'), item('c', 'submitted'), item('d'), item('e', 'excepted')];

  it('begins where one was sent, else where something waits', () => {
    expect(startAt(items, 'c')?.id).toBe('c');
    expect(startAt(items, 'gone')?.id).toBe('b');
    expect(startAt([item('a', 'staged')], undefined)?.id).toBe('a');
    expect(startAt([], undefined)).toBeUndefined();
  });

  it.each([
    [undefined, 'b'],
    ['a', 'b'],
    ['b', 'd'],
    ['c', 'd'],
    ['d', 'b'],
    ['e', 'b'],
  ])('goes on from %s to %s: behind it first, then from the beginning', (from, to) =>
    expect(nextOpen(items, from)?.id).toBe(to),
  );

  it('has nothing more where nothing waits, and never the same again', () => {
    expect(nextOpen([item('a')], 'a')).toBeUndefined();
    expect(nextOpen([item('a', 'staged'), item('b', 'submitted')], 'a')).toBeUndefined();
  });

  it('has neighbours within its ends', () => {
    expect([neighbour(items, 'b', 1)?.id, neighbour(items, 'b', -1)?.id]).toEqual(['c', 'a']);
    expect([neighbour(items, 'a', -1), neighbour(items, 'e', 1)]).toEqual([undefined, undefined]);
    expect(neighbour(items, 'gone', 1)?.id).toBe('a');
  });

  it('shows a decision until it is taken back', () => {
    const kept = decided(item('a'), { decision: 'revoke' });
    expect(kept).toEqual({ id: 'a', state: 'staged', decision: { decision: 'revoke' } });
    expect(decided(kept, null)).toEqual(item('a'));
  });

  it('counts what went from one state to another, and nothing twice', () => {
    const progress = { total: 4, open: 2, staged: 1, submitted: 1 };
    expect(moved(progress, 'open', 'staged')).toEqual({ ...progress, open: 1, staged: 2 });
    expect(moved(progress, 'staged', 'open')).toEqual({ ...progress, open: 3, staged: 0 });
    expect(moved(progress, 'staged', 'staged')).toBe(progress);
    expect(moved(progress, 'open', 'excepted')).toEqual({ ...progress, open: 1 });
  });
});

describe('keeping several at once', () => {
  const read = { ...item('a'), opened: true, canDecide: true };

  it('takes what was read and waits', () => expect(whyNotInBulk(read)).toBeUndefined());

  it.each<readonly [Partial<typeof read>, RegExp]>([
    [{ opened: false }, /^Open it first/],
    [{ canDecide: false }, /somebody else’s/],
    [{ state: 'submitted' }, /signed/],
    [{ state: 'excepted' }, /excepted/],
  ])('says why not, where %j', (changed, words) => expect(whyNotInBulk({ ...read, ...changed })).toMatch(words));
});
