import { expect, it } from '@jest/globals';
import { Lanes } from './lanes.js';

/** Something that hangs until it is let go. */
function hanging() {
  let release = (): void => undefined;
  const over = new Promise<void>((resolve) => (release = resolve));
  return { over, release };
}

it('takes what falls due while somebody hangs, and ends when nobody is at anything', async () => {
  const { over, release } = hanging();
  const queue: (() => Promise<void>)[] = [() => over];
  const done: string[] = [];
  let looks = 0;
  const find = () => {
    // It falls due after everybody has looked in vain.
    if (++looks === 4)
      queue.push(() => {
        done.push('later');
        release();
        return Promise.resolve();
      });
    return Promise.resolve(queue.shift());
  };
  await new Lanes(8, 1).carry(find);
  expect(done).toEqual(['later']);
});

it('is at no more than so many things at once', async () => {
  const { over, release } = hanging();
  let [atIt, most, left] = [0, 0, 7];
  const work = async () => {
    most = Math.max(most, ++atIt);
    if (atIt === 3) setImmediate(release);
    await over;
    atIt -= 1;
  };
  await new Lanes(3, 1_000).carry(() => Promise.resolve(left-- > 0 ? work : undefined));
  expect(most).toBe(3);
});

it('fails with what failed, once all others are over', async () => {
  const { over, release } = hanging();
  const done: string[] = [];
  const queue = [
    () => Promise.reject(new Error('one')),
    async () => {
      await over;
      done.push('other');
    },
  ];
  const carried = new Lanes(8, 1).carry(() => Promise.resolve(queue.shift()));
  setImmediate(release);
  await expect(carried).rejects.toThrow('one');
  expect(done).toEqual(['other']);
});
