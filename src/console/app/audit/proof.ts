/** What was found of a proof, step by step; `undefined` where a step could not be taken in this browser. */
export interface ProofFindings {
  /** The hashes lead from the entry to the root that the checkpoint names (RFC 9162 §2.1.3.2). */
  readonly isIncluded: boolean;
  /** The checkpoint is signed by the log's key (C2SP signed-note). */
  readonly isSigned: boolean | undefined;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
}

interface Claim {
  readonly index: number;
  readonly leaf: string;
  readonly proof: { readonly size: number; readonly hashes: readonly string[]; readonly checkpoint: string };
}

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Checks in this very browser that an entry is in the signed log; nothing of the answer is believed but the key.
 *
 * @param key verifier key, `name+id+base64` (C2SP signed-note)
 */
export async function verifyProof(claim: Claim, key: string): Promise<ProofFindings> {
  const [text = ''] = claim.proof.checkpoint.split('\n\n');
  const [origin = '', size = '', root = ''] = text.split('\n');
  const leaf = await sha256(Uint8Array.of(0), utf8(claim.leaf));
  const hashes = claim.proof.hashes.map(fromBase64);
  const fits = Number(size) === claim.proof.size;
  const isIncluded = fits && (await leadsTo(fromBase64(root), leaf, claim.index, Number(size), hashes));
  return { isIncluded, isSigned: await isSignedBy(claim.proof.checkpoint, key), origin, size: Number(size), root };
}

/** Whether a leaf commits to these images: `base64url(HMAC-SHA-256(salt, images))`. */
export async function commitsTo(commitment: string, images: string, salt: string): Promise<boolean> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', fromBase64(salt), algorithm, false, ['sign']);
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(images)));
  return toBase64(digest).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') === commitment;
}

async function leadsTo(
  root: Bytes,
  leaf: Bytes,
  index: number,
  size: number,
  hashes: readonly Bytes[],
): Promise<boolean> {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let hash = leaf;
  let [node, last] = [index, size - 1];
  for (const sibling of hashes) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = await sha256(Uint8Array.of(1), sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
    } else hash = await sha256(Uint8Array.of(1), hash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && isEqual(hash, root);
}

/** First byte of a key, and length of its id in a signature (C2SP signed-note). */
const ED25519 = 1;
const ID_BYTES = 4;

async function isSignedBy(note: string, keyText: string): Promise<boolean | undefined> {
  const at = note.lastIndexOf('\n\n');
  const [name = '', , ...encoded] = keyText.trim().split('+');
  const bytes = fromBase64(encoded.join('+'));
  const line = note
    .slice(at + 2)
    .split('\n')
    .find((each) => each.startsWith(`— ${name} `));
  if (at < 0 || !line || bytes[0] !== ED25519) return false;
  try {
    const key = await crypto.subtle.importKey('raw', bytes.slice(1), 'Ed25519', false, ['verify']);
    const signature = fromBase64(line.slice(`— ${name} `.length)).slice(ID_BYTES);
    return await crypto.subtle.verify('Ed25519', key, signature, utf8(note.slice(0, at + 1)));
  } catch (error) {
    // Browsers before 2025 have no Ed25519.
    if (error instanceof DOMException && error.name === 'NotSupportedError') return undefined;
    throw error;
  }
}

async function sha256(...parts: readonly Bytes[]): Promise<Bytes> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
