import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkpointText, parseCheckpoint } from './note-checkpoint.js';
import { NoteError } from './note-errors.js';
import { noteKey, noteKeyText, openNote, parseNoteKey, signNote } from './note.js';

/** PKCS#8 of an Ed25519 key up to its 32 bytes of seed (RFC 8410 §7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const keyOf = (seed: number) =>
  createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' });
const rawKey = (signer: KeyObject) => createPublicKey(signer).export({ format: 'der', type: 'spki' }).subarray(-32);
const privateKey = keyOf(1);
const key = noteKey('log.example/ins_1', rawKey(privateKey));
const text = checkpointText({ origin: key.name, size: 7, root: Buffer.alloc(32, 1) });
const signedBy = (signer: KeyObject, body: string) => sign(null, Buffer.from(body), signer);
const note = signNote(text, key, signedBy(privateKey, text));

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof NoteError) return error.code;
    throw error;
  }
};

describe('a signed note', () => {
  it('opens with the key that signed it (C2SP signed-note)', () => {
    expect(openNote(note, key)).toBe(text);
    expect(note).toMatch(/^log\.example\/ins_1\n7\n[A-Za-z0-9+/]{43}=\n\n— log\.example\/ins_1 [A-Za-z0-9+/=]+\n$/);
  });

  it('opens the note that golang.org/x/mod/sumdb/note documents', () => {
    const peter = parseNoteKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const body =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const signed = `${body}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
    expect(openNote(signed, peter)).toBe(body);
  });

  it('keeps signatures of others beside its own', () => {
    const witness = keyOf(2);
    const witnessKey = noteKey('witness.example', rawKey(witness));
    const cosigned = signNote(note, witnessKey, signedBy(witness, text));
    expect(openNote(cosigned, key)).toBe(text);
    expect(openNote(cosigned, witnessKey)).toBe(text);
  });

  it('is refused with any one bit flipped', () => {
    const bytes = Buffer.from(note);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect([bit, codeOf(() => openNote(changed.toString('utf8'), key))]).toEqual([bit, expect.any(String)]);
    }
  });

  it.each([
    ['no signature', text, 'note_malformed'],
    ['no text', note.slice(text.length), 'note_malformed'],
    ['an unfinished last line', note.slice(0, -1), 'note_malformed'],
    ['a control character', note.replace('7', '7\r'), 'note_malformed'],
    ['a hyphen for the dash', note.replace('—', '-'), 'note_malformed'],
    ['base64 that is not canonical', note.replace('=\n', 'B\n').replace(/=\n$/, '\n'), 'note_malformed'],
    ['a changed size', note.replace('\n7\n', '\n8\n'), 'note_forged'],
    ['another name', note.replaceAll(key.name, 'other.example'), 'note_unsigned'],
    ['a good signature beside a bad one', signNote(note, key, Buffer.alloc(64)), 'note_forged'],
    ['a signature of the wrong length', signNote(text, key, Buffer.alloc(63)), 'note_forged'],
  ])('is refused with %s', (_name, broken, code) => {
    expect(codeOf(() => openNote(broken, key))).toBe(code);
  });

  it('is refused under another key of the same name', () => {
    const other = noteKey(key.name, rawKey(keyOf(3)));
    expect(codeOf(() => openNote(note, other))).toBe('note_unsigned');
    expect(codeOf(() => openNote(note, { ...other, id: key.id }))).toBe('note_forged');
  });
});

describe('a verifier key', () => {
  it('is read back as it was written', () => {
    expect(parseNoteKey(noteKeyText(key))).toEqual(key);
  });

  it('is refused with any character changed', () => {
    const published = noteKeyText(key);
    fc.assert(
      fc.property(fc.nat(published.length - 1), fc.constantFrom('A', 'b', '0', '+', ' '), (at, character) => {
        fc.pre(published[at] !== character);
        expect(codeOf(() => parseNoteKey(published.slice(0, at) + character + published.slice(at + 1)))).toBe(
          'note_key_malformed',
        );
      }),
    );
  });

  it.each(['', 'a', 'a+b', 'a+00000000+', `${noteKeyText(key)}=`])('is refused as %p', (published) => {
    expect(codeOf(() => parseNoteKey(published))).toBe('note_key_malformed');
  });
});

describe('a checkpoint', () => {
  it('is read back as it was written (C2SP tlog-checkpoint)', () => {
    const checkpoint = { origin: 'example.com/behind-the-sofa', size: 20852163, root: Buffer.alloc(32, 9) };
    expect(parseCheckpoint(checkpointText(checkpoint))).toEqual(checkpoint);
  });

  const root = Buffer.alloc(32, 9).toString('base64');
  it.each([
    ['a leading zero', `log\n07\n${root}\n`],
    ['a sign', `log\n+7\n${root}\n`],
    ['an unsafe size', `log\n9007199254740993\n${root}\n`],
    ['no origin', `\n7\n${root}\n`],
    ['an origin with a space', `my log\n7\n${root}\n`],
    ['a short root', `log\n7\n${Buffer.alloc(31).toString('base64')}\n`],
    ['an extension line', `log\n7\n${root}\nmore\n`],
    ['no last newline', `log\n7\n${root}`],
    ['an empty line', `log\n7\n${root}\n\n`],
  ])('is refused with %s', (_name, broken) => {
    expect(codeOf(() => parseCheckpoint(broken))).toBe('checkpoint_malformed');
  });
});
