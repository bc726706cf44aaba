import { createHash } from 'node:crypto';

export interface Entry {
  readonly alias: string;
  /** DER; with a private key where `key` is given. */
  readonly certificates: readonly Buffer[];
  readonly key?: Buffer;
}

/** Writes a key store as `java.security.KeyStore` of type JKS does. */
export function javaKeyStore(entries: readonly Entry[], password: string): Buffer {
  const head = Buffer.concat([uint32(0xfeedfeed), uint32(2), uint32(entries.length)]);
  const body = Buffer.concat([head, ...entries.map(entryOf)]);
  const utf16 = Buffer.from(password, 'utf16le').swap16();
  const digest = createHash('sha1').update(utf16).update('Mighty Aphrodite').update(body).digest();
  return Buffer.concat([body, digest]);
}

function entryOf({ alias, certificates, key }: Entry): Buffer {
  const chain = certificates.map((der) => Buffer.concat([text('X.509'), uint32(der.length), der]));
  const name = Buffer.concat([text(alias), Buffer.alloc(8)]);
  if (!key) return Buffer.concat([uint32(2), name, chain[0]!]);
  return Buffer.concat([uint32(1), name, uint32(key.length), key, uint32(chain.length), ...chain]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
