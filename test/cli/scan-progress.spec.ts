import { describe, expect, it } from '@jest/globals';
import { progressOn } from '../../src/cli/scan/progress.js';

/** A scan of 400 files on a terminal, with what was shown. */
function shown({ isTTY = true, wanted = true, environment = {}, stepMilliseconds = 10 } = {}): readonly string[] {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
  let at = 1000;
  const progress = progressOn(stream, wanted, environment, () => at);
  for (let done = 4; done <= 400; done += 4) {
    at += stepMilliseconds;
    progress.tell(done, 400);
  }
  progress.end();
  return written;
}

describe('the bar of a scan', () => {
  it('shows after a while, a few times a second, and is gone at the end', () => {
    const lines = shown();
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe('\r\u001b[K[##########..............] 40 % of 400');
    expect(lines.at(-1)).toBe('\r\u001b[K');
  });

  it.each([
    ['no terminal', { isTTY: false }],
    ['nobody who wants it', { wanted: false }],
    ['a pipeline', { environment: { CI: 'true' } }],
    ['a terminal that can do nothing', { environment: { TERM: 'dumb' } }],
    ['a scan that is over at once', { stepMilliseconds: 1 }],
  ])('does not show with %s', (_, circumstances) => {
    expect(shown(circumstances)).toEqual([]);
  });
});
