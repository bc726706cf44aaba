import { stripVTControlCharacters } from 'node:util';

/** What moves the cursor, ends a line or turns the reading direction: names of files are anybody's. */
const STEERING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Text from elsewhere on one line, where it steers nothing. */
export function plain(value: string): string {
  return stripVTControlCharacters(value).replace(STEERING, ' ');
}
