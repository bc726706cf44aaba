import type { Output } from './output.js';

/** What shells expect of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/**
 * Does a piece of waiting that Ctrl-C may end, cleanly: with a word, and before anything was sent again.
 *
 * @param tell says that Ctrl-C gives up, which is true from before its first word
 */
export async function untilInterrupted<Result>(
  notices: Output,
  tell: () => void,
  wait: () => Promise<Result>,
): Promise<Result> {
  const stop = () => {
    notices.say('\nGiven up; nothing has happened.');
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', stop);
  try {
    tell();
    return await wait();
  } finally {
    process.off('SIGINT', stop);
  }
}
