import { type Decoder, run } from './decoder.js';

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs;
const NAMED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', 0: '\0' };
/** To each side: a line of one statement. */
const MAX_BYTES = 8192;

/** Escapes of JSON (RFC 8259 §7) and of YAML's double quotes (§5.7), which most languages share. */
export const escapes: Decoder = {
  range: (bytes, at) => run(bytes, at, (byte) => byte !== 0x0a && byte !== 0x0d, MAX_BYTES),
  decode(bytes) {
    const text = bytes.toString('latin1');
    const decoded = text.replace(ESCAPE, (_, wide?: string, narrow?: string, letter?: string) => {
      const code = wide ?? narrow;
      return code === undefined ? (NAMED[letter!] ?? letter!) : characterOf(Number.parseInt(code, 16));
    });
    return decoded === text ? undefined : Buffer.from(decoded, 'latin1');
  },
};

/** In bytes, as the text around it is: UTF-8 beyond ASCII. */
function characterOf(code: number): string {
  return code < 0x80 ? String.fromCharCode(code) : Buffer.from(String.fromCharCode(code)).toString('latin1');
}
