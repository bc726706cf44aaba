import { readKeyNames } from '../identities/private-key.js';
import { STRUCTURED } from './rules.js';
import type { Structure } from './structure.js';
import { nameOf } from './text.js';

const [LEAST_BYTES, MOST_BYTES] = [40, 16_384];
const LABELS = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'] as const;

/** Private keys in DER: what stands in PEM between its lines (RFC 7468), without them. */
export const derKey: Structure = {
  name: 'der-key',
  byPath: (path) => /\.(?:der|key|p8|pk8|pkcs8)$/i.test(nameOf(path)),
  recognises: (bytes) => bytes[0] === 0x30 && bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES,
  read: (bytes) => {
    const body = Buffer.from(bytes).toString('base64').replaceAll(/.{64}/g, '$&\n');
    const secret = LABELS.map((label) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`).find(
      readKeyNames,
    );
    return secret ? [{ rule: STRUCTURED.derKey, secret, start: null, end: null, clues: [], within: ['der'] }] : [];
  },
};
