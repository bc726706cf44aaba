import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type Certificate, parseCertificate } from '../../crypto/index.js';
import type { Records } from './records.js';
import { Refusal } from './refusal.js';
import type { Vault } from './vault.js';

/** A private key that is open in this process, and what the world knows it by. */
export interface AuthorityKey {
  readonly key: KeyObject;
  readonly certificate: Certificate;
  readonly state: string;
}

/** A new key pair: the private half sealed, and for this moment open. */
export interface NewKey {
  readonly key: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  readonly sealed: Buffer;
}

const AUTHORITIES = 'muster.authorities';
const SIGNING_KEYS = 'muster.signing_keys';
const FIELD = 'sealed_key';

/** The keys of authorities and of tokens: sealed in their rows, opened here, kept open until this process ends. */
export class Keys {
  private readonly open = new Map<string, { readonly sealed: Buffer; readonly key: KeyObject }>();

  constructor(
    private readonly vault: Vault,
    private readonly records: Records,
  ) {}

  newAuthorityKey(id: string): NewKey {
    return this.make(AUTHORITIES, id);
  }

  newSigningKey(id: string): NewKey {
    return this.make(SIGNING_KEYS, id);
  }

  /** @throws Refusal `key_unknown`; `seal_broken` also when the certificate in the row is not this key's */
  async authority(id: string): Promise<AuthorityKey> {
    const row = await this.records.authority(id);
    const key = this.opened(AUTHORITIES, id, row.sealedKey);
    const certificate = parseCertificate(row.certificate);
    requireSame(key, certificate.spki.bytes);
    return { key, certificate, state: row.state };
  }

  /** @throws Refusal `key_unknown`, `seal_broken` */
  async signing(id: string): Promise<KeyObject> {
    const row = (await this.records.signingKeys()).find((one) => one.id === id);
    if (!row) throw new Refusal('key_unknown', 'The signer finds no such token key.');
    const key = this.opened(SIGNING_KEYS, id, row.sealedKey);
    requireSame(key, row.publicKey);
    return key;
  }

  /** Public halves, each from its private one: a public key that the service put into a row is not believed. */
  async tokenPublicKeys(): Promise<readonly { readonly id: string; readonly publicKey: Buffer }[]> {
    const rows = await this.records.signingKeys();
    return rows.map((row) => ({ id: row.id, publicKey: spkiOf(this.opened(SIGNING_KEYS, row.id, row.sealedKey)) }));
  }

  private make(table: string, id: string): NewKey {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    const sealed = this.vault.seal({ table, row: id, field: FIELD }, pkcs8);
    return { key: privateKey, publicKey: spkiOf(privateKey), sealed };
  }

  private opened(table: string, id: string, sealed: Buffer): KeyObject {
    const known = this.open.get(id);
    if (known?.sealed.equals(sealed)) return known.key;
    const pkcs8 = this.vault.open({ table, row: id, field: FIELD }, sealed);
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    this.open.set(id, { sealed, key });
    return key;
  }
}

function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' });
}

function requireSame(key: KeyObject, publicKey: Buffer): void {
  if (!spkiOf(key).equals(publicKey))
    throw new Refusal('seal_broken', 'A stored key does not belong to its certificate. Restore it from a backup.');
}
