import { createHash, createPublicKey, verify } from 'node:crypto';
import { NoteError } from './note-errors.js';

/** An Ed25519 key that signs notes, by the name and id that its signature lines carry (C2SP signed-note). */
export interface NoteKey {
  readonly name: string;
  /** First 4 bytes of `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ publicKey)`: tells keys apart, proves nothing. */
  readonly id: Buffer;
  /** 32 bytes (RFC 8032 §5.1.5). */
  readonly publicKey: Buffer;
}

const ED25519 = 0x01;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const KEY_NAME = /^[^\s+]+$/u;
const SIGNATURE_LINE = /^— (?<name>[^\s+]+) (?<signature>[A-Za-z0-9+/]+={0,2})$/u;
/** A control character other than newline; a note has none. */
const CONTROL = /[^\P{Cc}\n\u007f-\u009f]/u;
const MAX_SIGNATURES = 64;

/**
 * @param publicKey 32 bytes
 * @throws NoteError `note_key_malformed`
 */
export function noteKey(name: string, publicKey: Uint8Array): NoteKey {
  if (!KEY_NAME.test(name) || publicKey.length !== KEY_BYTES)
    throw new NoteError(
      'note_key_malformed',
      'A note key is a name without spaces or plus and 32 bytes of Ed25519 key.',
    );
  const digest = createHash('sha256').update(`${name}\n`).update(Buffer.of(ED25519)).update(publicKey).digest();
  return { name, id: digest.subarray(0, 4), publicKey: Buffer.from(publicKey) };
}

/** The form in which a key is handed to verifiers: `<name>+<id in hex>+<base64 of 0x01 ‖ key>`. */
export function noteKeyText({ name, id, publicKey }: NoteKey): string {
  return `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.of(ED25519), publicKey]).toString('base64')}`;
}

/**
 * Reads a key back; its id is recomputed, so a mistyped key does not pass for another.
 *
 * @throws NoteError `note_key_malformed`
 */
export function parseNoteKey(text: string): NoteKey {
  const [name, id, encoded, ...rest] = text.split('+');
  const bytes = strictBase64([encoded, ...rest].join('+'));
  const key = bytes?.[0] === ED25519 ? noteKey(name ?? '', bytes.subarray(1)) : undefined;
  if (!key || key.id.toString('hex') !== id)
    throw new NoteError('note_key_malformed', 'Give the key as it was published: name+id+base64.');
  return key;
}

/** Adds a signature to a text, or to a note that others have signed already. */
export function signNote(textOrNote: string, key: NoteKey, signature: Uint8Array): string {
  const line = `— ${key.name} ${Buffer.concat([key.id, signature]).toString('base64')}\n`;
  return SIGNATURE_LINE.test(textOrNote.trimEnd().split('\n').at(-1)!) ? textOrNote + line : `${textOrNote}\n${line}`;
}

/**
 * The text of a note, once a signature by that key over it has been verified.
 *
 * Signatures of other keys are ignored; every signature that names this key must verify.
 *
 * @throws NoteError `note_malformed`, `note_unsigned` (not by this key), `note_forged`
 */
export function openNote(note: string, key: NoteKey): string {
  const { text, signatures } = splitNote(note);
  const own = signatures.filter(({ name, id }) => name === key.name && id.equals(key.id));
  if (own.length === 0) throw new NoteError('note_unsigned', `The note carries no signature of ${key.name}.`);
  if (!own.every(({ signature }) => verifies(text, key, signature)))
    throw new NoteError('note_forged', `A signature in the name of ${key.name} does not verify.`);
  return text;
}

interface NoteSignature {
  readonly name: string;
  readonly id: Buffer;
  readonly signature: Buffer;
}

function splitNote(note: string): { text: string; signatures: readonly NoteSignature[] } {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n') || !note.isWellFormed() || CONTROL.test(note)) throw malformed();
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed();
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const match = SIGNATURE_LINE.exec(line);
  const bytes = match && strictBase64(match.groups!['signature']!);
  if (!bytes || bytes.length < 5) throw malformed();
  return { name: match.groups!['name']!, id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

function malformed(): NoteError {
  return new NoteError('note_malformed', 'This is not a signed note: text, an empty line, then signature lines.');
}

function verifies(text: string, { publicKey }: NoteKey, signature: Buffer): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
  return verify(null, Buffer.from(text), createPublicKey({ key: jwk, format: 'jwk' }), signature);
}

/** Standard base64 with padding and nothing else: one text for each value, so no bit of it can change unseen. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
