import { HASH_BYTES } from './merkle.js';
import { strictBase64 } from './note.js';
import { NoteError } from './note-errors.js';

/** What a log commits to at one size (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** The log's name for ever; also the name of its key. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

const SIZE = /^(?:0|[1-9]\d{0,15})$/;
const ORIGIN = /^[^\s+]+$/u;

/** The text that is signed: origin, size and root, a line each. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  const text = `${origin}\n${size}\n${root.toString('base64')}\n`;
  parseCheckpoint(text);
  return text;
}

/**
 * Reads the text of a checkpoint. Strict: no extension lines, which no monitor could audit, and one way to write a value.
 *
 * @throws NoteError `checkpoint_malformed`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, encoded, end, ...rest] = text.split('\n');
  const root = strictBase64(encoded ?? '');
  const wellFormed =
    ORIGIN.test(origin ?? '') &&
    SIZE.test(size ?? '') &&
    Number.isSafeInteger(Number(size)) &&
    root?.length === HASH_BYTES;
  if (!wellFormed || end !== '' || rest.length > 0)
    throw new NoteError('checkpoint_malformed', 'A checkpoint is three lines: origin, size and root.');
  return { origin: origin!, size: Number(size), root };
}
