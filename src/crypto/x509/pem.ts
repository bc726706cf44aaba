import { CryptoError } from '../errors.js';

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----\r?\n([A-Za-z0-9+/=\r\n]*?)\r?\n?-----END \1-----/g;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** One PEM block with the given label, lines of 64 characters, a line break at the end (RFC 7468). */
export function encodePem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/**
 * Reads all blocks with the given label; explanatory text around blocks is allowed (RFC 7468 §5.2), other labels and
 * half blocks are not.
 *
 * @throws CryptoError `pem_malformed`
 */
export function decodePemBlocks(label: string, text: string): Buffer[] {
  const blocks = [...text.matchAll(BLOCK)];
  const begins = text.split('-----BEGIN').length - 1;
  if (begins !== blocks.length) throw new CryptoError('pem_malformed', 'A PEM block is cut short or damaged.');
  return blocks.map(([, found, body]) => {
    if (found !== label) throw new CryptoError('pem_malformed', `Send a PEM block labelled ${label}, not ${found}.`);
    return decodeBody(body!);
  });
}

/** Reads exactly one block, with nothing but white space around it. */
export function decodePem(label: string, text: string): Buffer {
  const blocks = decodePemBlocks(label, text);
  if (blocks.length !== 1) throw new CryptoError('pem_malformed', `Send exactly one PEM block labelled ${label}.`);
  if (text.replace(BLOCK, '').trim() !== '')
    throw new CryptoError('pem_malformed', `Send the ${label} block alone, without text around it.`);
  return blocks[0]!;
}

function decodeBody(body: string): Buffer {
  const base64 = body.replace(/\r?\n/g, '');
  const bytes = Buffer.from(base64, 'base64');
  if (!BASE64.test(base64) || bytes.length === 0 || bytes.toString('base64') !== base64)
    throw new CryptoError('pem_malformed', 'The PEM body is not canonical base64.');
  return bytes;
}
