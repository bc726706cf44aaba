import { createDecipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as ForgeModule from 'node-forge';
import { StructureError } from './errors.js';

type Forge = typeof ForgeModule;
type Asn1 = ForgeModule.asn1.Asn1;

export interface Pkcs12 {
  /** Of the certificates that could be read, DER. */
  readonly certificates: readonly Buffer[];
  /** The one of the passwords that is the file's; null where certificates stand in clear, and it is another. */
  readonly password: string | null;
  readonly privateKeys: number;
}

const OID = {
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
} as const;
const PRFS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};
const CIPHERS: Readonly<Record<string, readonly [name: string, keyBytes: number]>> = {
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24],
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32],
};
const DIGESTS: Readonly<Record<string, 'sha1' | 'sha256' | 'sha384' | 'sha512'>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** RFC 7292 §B.3: what the derived bytes are for. */
const MAC_KEY = 3;
const MAX_SAFES = 8;
const MAX_BAGS = 64;
/** PBKDF2 runs in native code, the derivation of RFC 7292 appendix B in JavaScript: what a hostile file may make us do. */
const MAX_PBKDF2_ITERATIONS = 300_000;
const MAX_PKCS12_ITERATIONS = 60_000;
/** Few hashes, over as much salt as one likes: salts are a few bytes long. */
const MAX_SALT_BYTES = 1024;

let loaded: Forge | undefined;

/**
 * Reads the certificates of a PKCS #12 file with one of the passwords. Private keys stay encrypted: it is enough to know whose they
 * are. Only certificates decide whether a password opens it.
 *
 * @returns null where no password opens it
 * @throws StructureError `structure_malformed`, `structure_too_large` also where opening it would take too long
 * @see RFC 7292 §4, RFC 8018 §6.2
 */
export function openPkcs12(bytes: Buffer, passwords: readonly string[]): Pkcs12 | null {
  // Loaded at the first key store: it is only there for what no other library opens.
  loaded ??= createRequire(import.meta.url)('node-forge') as Forge;
  const reader = new Pkcs12Reader(loaded);
  const { safes, mac } = reader.file(bytes);
  if (!safes.some(({ encrypted }) => encrypted))
    return reader.opened(safes, passwords.find((password) => mac?.(password)) ?? null);
  for (const password of passwords) {
    const opened = reader.opened(safes, password);
    if (opened) return opened;
  }
  return null;
}

interface Safe {
  readonly encrypted: boolean;
  readonly content: Asn1;
}

class Pkcs12Reader {
  constructor(private readonly forge: Forge) {}

  /** PFX → authSafe → ContentInfo, some encrypted and some not; and whether a password makes the file's MAC. */
  file(bytes: Buffer): { readonly safes: readonly Safe[]; readonly mac: ((password: string) => boolean) | null } {
    const pfx = this.parse(bytes);
    const authSafe = child(pfx, 1);
    if (this.oid(child(authSafe, 0)) !== OID.data) throw malformed();
    const content = octets(child(child(authSafe, 1), 0));
    const contents = children(this.parse(content));
    if (contents.length > MAX_SAFES) throw tooMuch();
    const safes = contents.map((info) => {
      const type = this.oid(child(info, 0));
      if (type !== OID.data && type !== OID.encryptedData) throw malformed();
      return { encrypted: type === OID.encryptedData, content: child(child(info, 1), 0) };
    });
    const macData = children(pfx)[2];
    return { safes, mac: macData ? this.macOf(macData, content) : null };
  }

  /** RFC 7292 §4 and appendix B: an HMAC whose key is derived from the password in UTF-16 with a zero at its end. */
  private macOf(macData: Asn1, content: Buffer): (password: string) => boolean {
    const digest = child(macData, 0);
    const hash = DIGESTS[this.oid(child(child(digest, 0), 0))];
    const expected = octets(child(digest, 1));
    const salt = octets(child(macData, 1));
    const last = children(macData)[2];
    const iterations = last ? number(last) : 1;
    if (iterations > MAX_PKCS12_ITERATIONS || salt.length > MAX_SALT_BYTES) throw tooMuch();
    return (password) => {
      if (!hash || iterations < 1) return false;
      const { md, pkcs12, util } = this.forge as unknown as DerivingModule;
      const saltBytes = util.createBuffer(salt.toString('latin1'));
      const made = pkcs12.generateKey(password, saltBytes, MAC_KEY, iterations, expected.length, md[hash]!.create());
      const key = Buffer.from(made.getBytes(), 'latin1');
      return createHmac(hash, key).update(content).digest().equals(expected);
    };
  }

  /** Null where the password does not open every encrypted safe. */
  opened(safes: readonly Safe[], password: string | null): Pkcs12 | null {
    const plain = safes.map(({ encrypted, content }) =>
      encrypted ? this.decrypted(content, password ?? '') : this.attempt(() => this.parse(octets(content))),
    );
    if (plain.some((safe) => safe === null)) return null;
    const bags = plain.flatMap((safe) => children(safe!));
    if (bags.length > MAX_BAGS) throw tooMuch();
    const certificates = bags.flatMap((bag) => this.certificate(bag) ?? []);
    const privateKeys = bags.filter((bag) =>
      [OID.keyBag, OID.shroudedKeyBag].includes(this.oid(child(bag, 0)) as never),
    ).length;
    return { certificates, privateKeys, password };
  }

  private certificate(bag: Asn1): Buffer | null {
    if (this.oid(child(bag, 0)) !== OID.certificateBag) return null;
    return octets(child(child(child(child(bag, 1), 0), 1), 0));
  }

  /** EncryptedData → its content's algorithm and octets; a wrong password gives bad padding, or no ASN.1. */
  private decrypted(content: Asn1, password: string): Asn1 | null {
    const info = child(content, 1);
    const algorithm = child(info, 1);
    const encrypted = octets(child(info, 2));
    const decrypt = this.cipherOf(this.oid(child(algorithm, 0)), child(algorithm, 1), password);
    return this.attempt(() => this.parse(decrypt(encrypted)));
  }

  private cipherOf(oid: string, parameters: Asn1, password: string): (encrypted: Buffer) => Buffer {
    if (oid === OID.pbes2) return this.pbes2(parameters, password);
    const salt = octets(child(parameters, 0));
    const iterations = number(child(parameters, 1));
    if (iterations > MAX_PKCS12_ITERATIONS || salt.length > MAX_SALT_BYTES) throw tooMuch();
    return (encrypted) => {
      const { forge } = this;
      const cipher = (forge.pki as unknown as PbeModule).pbe.getCipher(oid, parameters, password);
      cipher.update(forge.util.createBuffer(encrypted.toString('latin1')));
      if (!cipher.finish()) throw malformed();
      return Buffer.from(cipher.output.getBytes(), 'latin1');
    };
  }

  private pbes2(parameters: Asn1, password: string): (encrypted: Buffer) => Buffer {
    const [derivation, scheme] = [child(parameters, 0), child(parameters, 1)];
    const derived = children(child(derivation, 1));
    const cipher = CIPHERS[this.oid(child(scheme, 0))];
    if (this.oid(child(derivation, 0)) !== OID.pbkdf2 || !cipher || derived.length < 2) throw malformed();
    const salt = octets(derived[0]!);
    const iterations = number(derived[1]!);
    if (iterations > MAX_PBKDF2_ITERATIONS || iterations < 1 || salt.length > MAX_SALT_BYTES) throw tooMuch();
    const last = derived.at(-1)!;
    const hash = Array.isArray(last.value) ? PRFS[this.oid(child(last, 0))] : 'sha1';
    if (!hash) throw malformed();
    const iv = octets(child(scheme, 1));
    return (encrypted) => {
      const key = pbkdf2Sync(Buffer.from(password, 'utf8'), salt, iterations, cipher[1], hash);
      const decipher = createDecipheriv(cipher[0], key, iv);
      return Buffer.concat([decipher.update(encrypted), decipher.final()]);
    };
  }

  private parse(bytes: Buffer): Asn1 {
    const { asn1, util } = this.forge;
    try {
      const options = { strict: true, decodeBitStrings: false };
      return asn1.fromDer(util.createBuffer(bytes.toString('latin1')), options as never);
    } catch {
      throw malformed();
    }
  }

  private oid(value: Asn1): string {
    return typeof value.value === 'string' ? this.forge.asn1.derToOid(value.value) : '';
  }

  private attempt<Value>(read: () => Value): Value | null {
    try {
      return read();
    } catch (error) {
      if (error instanceof StructureError && error.code === 'structure_too_large') throw error;
      return null;
    }
  }
}

interface PbeModule {
  readonly pbe: {
    getCipher(
      oid: string,
      parameters: Asn1,
      password: string,
    ): { update(input: unknown): void; finish(): boolean; readonly output: { getBytes(): string } };
  };
}

interface DerivingModule {
  readonly md: Readonly<Record<string, { create(): unknown }>>;
  readonly pkcs12: {
    generateKey(
      password: string,
      salt: unknown,
      purpose: number,
      iterations: number,
      bytes: number,
      hash: unknown,
    ): {
      getBytes(): string;
    };
  };
  readonly util: { createBuffer(bytes: string): unknown };
}

function children(value: Asn1): readonly Asn1[] {
  if (!Array.isArray(value.value)) throw malformed();
  return value.value;
}

function child(value: Asn1, index: number): Asn1 {
  const found = children(value)[index];
  if (!found) throw malformed();
  return found;
}

/** Octets in one piece, or in several as BER allows. */
function octets(value: Asn1): Buffer {
  if (typeof value.value === 'string') return Buffer.from(value.value, 'latin1');
  return Buffer.concat(
    value.value.map((part) => (typeof part.value === 'string' ? Buffer.from(part.value, 'latin1') : Buffer.alloc(0))),
  );
}

function number(value: Asn1): number {
  const bytes = octets(value);
  return bytes.length > 0 && bytes.length <= 6 ? bytes.readUIntBE(0, bytes.length) : Number.MAX_SAFE_INTEGER;
}

function malformed(): StructureError {
  return new StructureError('structure_malformed', 'Not a PKCS #12 file, or one that nobody makes.');
}

function tooMuch(): StructureError {
  return new StructureError('structure_too_large', 'Opening it would take longer than a scan may.');
}
