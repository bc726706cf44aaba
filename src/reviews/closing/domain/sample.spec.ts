import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Id } from '../../../kernel/index.js';
import { drawSample, type Lot, secondReviewer } from './sample.js';

const lot = (percent: number, submissionId = 'rsb_1', digest = 1): Lot => ({
  ...{ percent, submissionId: submissionId as Id<'reviewSubmission'>, digest: Buffer.alloc(32, digest) },
});
const keeps = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `rvi_${n}` }));
const drawn = (count: number, how: Lot) => drawSample(keeps(count), how).map(({ id }) => id);

describe('the draw of a sample', () => {
  it.each([
    [0, 5, 0],
    [1, 5, 1],
    [20, 5, 1],
    [21, 5, 2],
    [40, 10, 4],
    [7, 100, 7],
    [7, 0, 0],
  ])('of %i keeps at %i in a hundred is %i', (count, percent, expected) => {
    expect(drawn(count, lot(percent))).toHaveLength(expected);
  });

  it('is the same for whoever draws again, in whatever order the keeps stand', () => {
    const again = drawSample([...keeps(50)].reverse(), lot(20)).map(({ id }) => id);
    expect(again).toEqual(drawn(50, lot(20)));
  });

  it('falls otherwise for other words and for another submission, so nobody can try until an item is spared', () => {
    expect(drawn(50, lot(20, 'rsb_1', 2))).not.toEqual(drawn(50, lot(20)));
    expect(drawn(50, lot(20, 'rsb_2'))).not.toEqual(drawn(50, lot(20)));
  });

  it('is of the smallest HMAC-SHA-256 over submission and item under the digest of what was signed', () => {
    const of = (id: string) => createHmac('sha256', Buffer.alloc(32, 1)).update(`rsb_1:${id}`).digest('hex');
    const smallest = keeps(30)
      .map(({ id }) => of(id))
      .sort()
      .slice(0, 3);
    expect(drawn(30, lot(10)).map(of)).toEqual(smallest);
  });

  it('spares no item more than another', () => {
    const times = new Map<string, number>();
    for (let n = 0; n < 2_000; n += 1)
      for (const id of drawn(10, lot(10, `rsb_${n}`))) times.set(id, (times.get(id) ?? 0) + 1);
    for (const { id } of keeps(10)) expect(times.get(id)).toBeGreaterThan(130);
  });
});

describe('the second reviewer', () => {
  const person = (name: string): Id<'person'> => `per_${name}`;
  const everybody = { backup: person('b'), team: [person('t'), person('u')], administrators: [person('a')] };

  it('is the backup, else of the team, else an administrator, else nobody', () => {
    const without = (...names: string[]) => secondReviewer(everybody, (id) => names.map(person).includes(id), 0);
    expect(without()).toBe(person('b'));
    expect(without('b')).toBe(person('t'));
    expect(without('b', 't', 'u')).toBe(person('a'));
    expect(without('b', 't', 'u', 'a')).toBeNull();
  });

  it('takes turns with those who are as good', () => {
    const turns = [0, 1, 2].map((turn) => secondReviewer({ ...everybody, backup: null }, () => false, turn));
    expect(turns).toEqual([person('t'), person('u'), person('t')]);
  });

  it('is never somebody who may not, whoever there is', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e').map(person));
    fc.assert(
      fc.property(
        fc.option(names.map((all) => all[0] ?? null)),
        names,
        names,
        names,
        fc.nat(9),
        (backup, team, administrators, not, turn) => {
          const chosen = secondReviewer(
            { backup: backup ?? null, team, administrators },
            (id) => not.includes(id),
            turn,
          );
          const able = [backup, ...team, ...administrators].filter((id) => id != null && !not.includes(id));
          expect(chosen === null).toBe(able.length === 0);
          if (chosen !== null) expect(able).toContain(chosen);
        },
      ),
    );
  });
});
