import { createHash, type KeyObject } from 'node:crypto';
import { publicKey as publicKeyName, sshKey } from '../domain/identifiers.js';
import { keyOfWire, sshFingerprint } from '../identities/ssh-wire.js';

/** A public key as OpenSSH writes it on a line. */
export interface SshPublicKey {
  /** As `identifiers.ts` writes it. */
  readonly name: string;
  /** `SHA256:…`, as people read it. */
  readonly fingerprint: string;
  /** SHA-256 of the SubjectPublicKeyInfo, hexadecimal; null for kinds that only SSH knows. */
  readonly publicKey: string | null;
  readonly comment: string;
  /** What stands before it in `authorized_keys`. */
  readonly options: string;
}

const MAX_LINE = 16_384;
const LINE =
  /^(?:(.{0,1999}?\S)\s+)?((?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|sk-[a-z0-9@.-]{4,60}))\s+([A-Za-z0-9+/]{16,12000}={0,3})(?:\s+(.{0,500}))?$/;

/** @returns null for a line that holds none */
export function readSshPublicKey(line: string): SshPublicKey | null {
  const text = line.trim();
  if (text === '' || text.startsWith('#') || text.length > MAX_LINE) return null;
  const [, options = '', , encoded, comment = ''] = LINE.exec(text) ?? [];
  if (encoded === undefined) return null;
  const wire = Buffer.from(encoded, 'base64');
  const fingerprint = sshFingerprint(wire);
  return { name: sshKey(fingerprint), fingerprint, publicKey: spkiOf(wire), comment: comment.trim(), options };
}

function spkiOf(wire: Buffer): string | null {
  try {
    const key: KeyObject | null = keyOfWire(wire);
    return (
      key &&
      createHash('sha256')
        .update(key.export({ type: 'spki', format: 'der' }))
        .digest('hex')
    );
  } catch {
    return null;
  }
}

/** Every name that a key has. */
export function namesOfKey({ name, publicKey }: SshPublicKey): readonly string[] {
  return publicKey === null ? [name] : [publicKeyName(publicKey), name];
}
