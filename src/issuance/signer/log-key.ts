import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Refusal } from './refusal.js';

const ED25519_NOTE = 0x01;
/** Origin, size and root hash, each a line; extension lines may follow (C2SP tlog-checkpoint). */
const CHECKPOINT = /^(?<origin>[^\s+]{1,255})\n(?<size>0|[1-9]\d{0,15})\n(?<root>[A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*$/;

/** PKCS#8 of a new Ed25519 key for the log. */
export function newLogKey(): Buffer {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
}

interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
}

/**
 * The log's key. It signs checkpoints alone, of one log, that never shrink and never differ at one size: as far as this
 * process remembers, a compromised service cannot make it fork the log.
 */
export class LogKey {
  /** 32 bytes (RFC 8032 §5.1.5). */
  readonly publicKey: Buffer;
  private readonly key: KeyObject;
  private last: Head | undefined;

  constructor(pkcs8: Buffer) {
    this.key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    this.publicKey = createPublicKey(this.key).export({ format: 'der', type: 'spki' }).subarray(-32);
  }

  /**
   * Signs a checkpoint (C2SP tlog-checkpoint) as a note (C2SP signed-note) whose key name is the log's origin.
   *
   * @throws Refusal `checkpoint_refused`
   */
  sign(text: string): string {
    const head = parse(text);
    if (this.last) refuseFork(this.last, head);
    const signature = sign(null, Buffer.from(text), this.key);
    this.last = head;
    return `${text}\n— ${head.origin} ${Buffer.concat([this.keyHash(head.origin), signature]).toString('base64')}\n`;
  }

  private keyHash(name: string): Buffer {
    const hash = createHash('sha256').update(`${name}\n`).update(Buffer.of(ED25519_NOTE)).update(this.publicKey);
    return hash.digest().subarray(0, 4);
  }
}

function parse(text: string): Head {
  const { origin, size, root } = CHECKPOINT.exec(text)?.groups ?? {};
  if (origin === undefined) throw new Refusal('checkpoint_refused', 'The signer was not given a checkpoint.');
  return { origin, size: Number(size), root: root! };
}

function refuseFork(last: Head, next: Head): void {
  if (next.origin !== last.origin) throw new Refusal('checkpoint_refused', 'The signer signs for one log only.');
  if (next.size < last.size) throw new Refusal('checkpoint_refused', 'The log shrank: compare it with a backup.');
  if (next.size === last.size && next.root !== last.root)
    throw new Refusal('checkpoint_refused', 'The log changed without growing: compare it with a backup.');
}
