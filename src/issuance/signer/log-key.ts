import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Checkpoint, NoteError, noteKey, openNote, parseCheckpoint, signNote } from '../../crypto/index.js';
import { Refusal } from './refusal.js';

/** PKCS#8 of a new Ed25519 key for the log. */
export function newLogKey(): Buffer {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
}

/**
 * The log's key. It signs checkpoints alone, of one log, that never shrink and never differ at one size: as far as this
 * process and the published checkpoints remember, a compromised service cannot make it fork the log.
 */
export class LogKey {
  /** 32 bytes (RFC 8032 §5.1.5). */
  readonly publicKey: Buffer;
  private readonly key: KeyObject;
  private last: Checkpoint | undefined;
  private recalled = false;

  constructor(pkcs8: Buffer) {
    this.key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    this.publicKey = createPublicKey(this.key).export({ format: 'der', type: 'spki' }).subarray(-32);
  }

  /**
   * Takes up where an earlier process stopped: what follows must extend the last checkpoint that was published.
   *
   * @param published the stored note of the largest tree; the service stored it, so its signature is checked
   * @throws Refusal `checkpoint_refused` when this key never signed it
   */
  async recall(published: () => Promise<string | undefined>): Promise<void> {
    if (this.recalled) return;
    const note = await published();
    if (note !== undefined) this.last ??= this.opened(note);
    this.recalled = true;
  }

  /**
   * Signs a checkpoint (C2SP tlog-checkpoint) as a note (C2SP signed-note) whose key name is the log's origin.
   *
   * @throws Refusal `checkpoint_refused`
   */
  sign(text: string): string {
    const checkpoint = parse(text);
    if (this.last) refuseFork(this.last, checkpoint);
    const note = signNote(text, noteKey(checkpoint.origin, this.publicKey), sign(null, Buffer.from(text), this.key));
    this.last = checkpoint;
    return note;
  }

  private opened(note: string): Checkpoint {
    try {
      return parseCheckpoint(openNote(note, noteKey(note.slice(0, note.indexOf('\n')), this.publicKey)));
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
      throw new Refusal('checkpoint_refused', 'The last checkpoint stored is not this log’s. Restore a backup.');
    }
  }
}

function parse(text: string): Checkpoint {
  try {
    return parseCheckpoint(text);
  } catch (error) {
    if (error instanceof NoteError) throw new Refusal('checkpoint_refused', error.message);
    throw error;
  }
}

function refuseFork(last: Checkpoint, next: Checkpoint): void {
  if (next.origin !== last.origin) throw new Refusal('checkpoint_refused', 'The signer signs for one log only.');
  if (next.size < last.size) throw new Refusal('checkpoint_refused', 'The log shrank: compare it with a backup.');
  if (next.size === last.size && !next.root.equals(last.root))
    throw new Refusal('checkpoint_refused', 'The log changed without growing: compare it with a backup.');
}
