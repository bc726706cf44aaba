import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { closedLoop, percentile } from '../bench/closed-loop.js';
import { refuseForgetful, refuseMemory } from '../bench/durability.js';
import { readOptions } from '../bench/options.js';
import { cpuSecondsOf } from '../bench/processes.js';

const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('the bench', () => {
  it('measures a database that keeps what it has committed', () => {
    expect(() => refuseForgetful(DURABLE)).not.toThrow();
  });

  it.each([
    ['fsync', { fsync: 'off' }],
    ['synchronous_commit', { synchronous_commit: 'off' }],
    ['synchronous_commit', { synchronous_commit: 'local' }],
    ['full_page_writes', { full_page_writes: 'off' }],
  ])('refuses one with other settings: %s %j', (name, change) => {
    expect(() => refuseForgetful({ ...DURABLE, ...change })).toThrow(name);
  });

  it('refuses a server that does not say how it is set', () => {
    expect(() => refuseForgetful({})).toThrow('fsync');
  });

  onLinux('refuses files that lie in memory, and tells what to do', async () => {
    await expect(refuseMemory('/dev/shm')).rejects.toThrow('TMPDIR');
  });

  it('takes as a percentile the smallest value that so many do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 99, 100]);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('counts a failed operation as an error and not as done', async () => {
    let left = 10;
    const lap = await closedLoop(2, 5, async () => {
      if (left === 0) return false;
      left -= 1;
      if (left === 3) throw new Error('answered 500');
      return true;
    });
    expect(lap).toMatchObject({ operations: 9, errors: 1, firstError: 'answered 500', endedEarly: true });
  });

  it('gives up on a service that answers nothing but errors', async () => {
    const lap = await closedLoop(4, 60, () => Promise.reject(new Error('refused')));
    expect(lap.errors).toBeLessThan(200);
  });

  onLinux('counts the processor time of children that have ended', () => {
    const before = cpuSecondsOf(process.pid);
    execFileSync(process.execPath, ['-e', 'for (const end = Date.now() + 300; Date.now() < end;);']);
    const after = cpuSecondsOf(process.pid);
    expect(after.all - before.all - (after.own - before.own)).toBeGreaterThan(0);
  });

  it.each([
    [['nothing'], 'issuance, tokens, append, decisions'],
    [[], 'one bench'],
    [['append', '--clients', '1,x'], '--clients'],
    [['append', '--seconds', '0'], '--seconds'],
  ])('refuses the arguments %j', (args, words) => {
    expect(() => readOptions(args)).toThrow(words);
  });
});
