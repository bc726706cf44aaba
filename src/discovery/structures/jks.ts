import { createHash } from 'node:crypto';
import { StructureError } from './errors.js';

/** What a Java key store says without its password: entries with their names and chains of certificates, DER. */
export interface JavaKeyStore {
  readonly entries: readonly {
    readonly kind: 'private-key' | 'certificate' | 'secret-key';
    readonly alias: string;
    readonly certificates: readonly Buffer[];
  }[];
  /** Whether the store's own digest says that this is its password. */
  readonly opensWith: (password: string) => boolean;
}

const JKS = 0xfeedfeed;
const JCEKS = 0xcececece;
const MAX_ENTRIES = 256;
const MAX_CHAIN = 16;
const DIGEST_BYTES = 20;

export function isJavaKeyStore(bytes: Uint8Array): boolean {
  const magic = bytes.length >= 8 ? Buffer.from(bytes.buffer, bytes.byteOffset, 8).readUInt32BE() : 0;
  return magic === JKS || magic === JCEKS;
}

/**
 * Reads a store of the formats JKS and JCEKS. Only private keys are encrypted in them; certificates stand in clear. After a secret
 * key, which is a serialised object of Java, nothing more is read.
 *
 * @throws StructureError `structure_malformed`, `structure_too_large`
 */
export function readJavaKeyStore(bytes: Buffer): JavaKeyStore {
  if (!isJavaKeyStore(bytes) || bytes.length < 12 + DIGEST_BYTES) throw cutShort();
  const reader = new JavaReader(bytes.subarray(4));
  const version = reader.uint32();
  if (version !== 1 && version !== 2) throw new StructureError('structure_malformed', 'A version nobody knows.');
  const count = reader.uint32();
  if (count > MAX_ENTRIES) throw new StructureError('structure_too_large', 'More entries than anybody keeps.');
  const entries: JavaKeyStore['entries'][number][] = [];
  for (let index = 0; index < count; index += 1) {
    const tag = reader.uint32();
    const alias = reader.text();
    reader.skip(8);
    if (tag === 3) return { entries: [...entries, { kind: 'secret-key', alias, certificates: [] }], opensWith };
    if (tag !== 1 && tag !== 2) throw new StructureError('structure_malformed', 'An entry of no known kind.');
    if (tag === 1) reader.skip(reader.uint32());
    const length = tag === 1 ? reader.uint32() : 1;
    if (length > MAX_CHAIN) throw new StructureError('structure_too_large', 'A longer chain than anybody makes.');
    const certificates = Array.from({ length }, () => reader.certificate(version));
    entries.push({ kind: tag === 1 ? 'private-key' : 'certificate', alias, certificates });
  }
  return { entries, opensWith };

  /** SHA-1 over the password in UTF-16, the words of its makers, and all before the digest. */
  function opensWith(password: string): boolean {
    const utf16 = Buffer.from(password, 'utf16le').swap16();
    const digest = createHash('sha1').update(utf16).update('Mighty Aphrodite').update(bytes.subarray(0, -DIGEST_BYTES));
    return digest.digest().equals(bytes.subarray(-DIGEST_BYTES));
  }
}

/** Java's DataOutputStream: large bytes first, texts with their length in two bytes. */
class JavaReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  text(): string {
    return this.take(this.take(2).readUInt16BE()).toString('utf8');
  }

  skip(length: number): void {
    this.take(length);
  }

  certificate(version: number): Buffer {
    if (version === 2) this.text();
    return this.take(this.uint32());
  }

  private take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw cutShort();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function cutShort(): StructureError {
  return new StructureError('structure_malformed', 'The key store is cut short.');
}
