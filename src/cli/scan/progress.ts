/** What is shown of a scan that takes a while, on a terminal: one line, which is gone when it ends. */
export interface Progress {
  /** @param all null where it is not known before the end */
  readonly tell: (done: number, all: number | null) => void;
  readonly end: () => void;
}

const NONE: Progress = { tell: () => undefined, end: () => undefined };
/** What is over sooner needs no bar. */
const PATIENCE_MILLISECONDS = 400;
const EVERY_MILLISECONDS = 100;
const BAR_CHARACTERS = 24;
const CLEAR = '\r\u001b[K';

/**
 * @param stream standard error; nothing is shown where it is no terminal, where a pipeline runs, or where nobody wants it
 * @param now milliseconds of a clock that only goes on
 */
export function progressOn(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  wanted: boolean,
  environment: NodeJS.ProcessEnv,
  now: () => number,
): Progress {
  const inPipeline = environment['CI'] !== undefined && environment['CI'] !== '' && environment['CI'] !== 'false';
  if (!wanted || !stream.isTTY || inPipeline || environment['TERM'] === 'dumb') return NONE;
  const startedAt = now();
  let shownAt = 0;
  return {
    tell: (done, all) => {
      const at = now();
      if (at - startedAt < PATIENCE_MILLISECONDS || at - shownAt < EVERY_MILLISECONDS) return;
      shownAt = at;
      stream.write(CLEAR + barOf(done, all));
    },
    end: () => {
      if (shownAt > 0) stream.write(CLEAR);
      shownAt = 0;
    },
  };
}

function barOf(done: number, all: number | null): string {
  if (all === null) return `${done} …`;
  const part = all === 0 ? 0 : Math.min(done / all, 1);
  const full = Math.round(part * BAR_CHARACTERS);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_CHARACTERS - full)}] ${Math.floor(part * 100)} % of ${all}`;
}
