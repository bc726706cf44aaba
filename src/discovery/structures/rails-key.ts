import { STRUCTURED } from './rules.js';
import type { Structure } from './structure.js';
import { placedText } from './text.js';

/** With the end of its line, as editors leave it. */
const MAX_BYTES = 34;
const KEY = /^[0-9a-f]{32}(?=\s{0,2}$)/;

/** The key that opens Rails' encrypted credentials: nothing else stands in its file. */
export const railsKey: Structure = {
  name: 'rails-key',
  byPath: (path) => /(?:^|\/)config\/(?:master|credentials\/[\w-]{1,64})\.key$/.test(path),
  recognises: (bytes) => bytes.length <= MAX_BYTES,
  read: (bytes) => {
    const [secret] = KEY.exec(placedText(bytes, MAX_BYTES)) ?? [];
    if (secret === undefined) return [];
    return [{ rule: STRUCTURED.railsKey, secret, start: 0, end: secret.length, clues: [], within: ['rails-key'] }];
  },
};
