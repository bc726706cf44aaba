import { stripVTControlCharacters } from 'node:util';

/** What moves the cursor, ends a line or turns the reading direction: controls, separators, bidirectional marks. */
const STEERING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** One line of text from elsewhere, so that it cannot steer the terminal it is shown in. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(STEERING, ' ');
}

/** As {@link plain}, with its line breaks. */
export function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}
