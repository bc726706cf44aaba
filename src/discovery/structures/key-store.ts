import type { Clue } from '../domain/finding.js';
import { certificateClue, readCertificate } from '../identities/certificate.js';
import { clueOf } from '../identities/reader.js';
import { StructureError } from './errors.js';
import { isJavaKeyStore, readJavaKeyStore } from './jks.js';
import { openPkcs12, type Pkcs12 } from './pkcs12.js';
import { STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { nameOf } from './text.js';

const MAX_BYTES = 1024 * 1024;
const MAX_CERTIFICATES = 8;
/** Passwords that protect nothing: none, and what every tool's manual says. */
const WELL_KNOWN = ['', 'changeit'] as const;

/**
 * Key stores of PKCS #12 and of Java. Those that hold a private key are findings, and the certificates in them say whose; the secret
 * is the file itself.
 *
 * @see RFC 7292; https://docs.oracle.com/en/java/javase/21/docs/specs/man/keytool.html
 */
export const keyStore: Structure = {
  name: 'key-store',
  byPath: (path) => /\.(?:p12|pfx|pkcs12|jks|jceks|keystore|truststore|ks)$/i.test(nameOf(path)),
  recognises: (bytes) => isJavaKeyStore(bytes) || (bytes[0] === 0x30 && bytes.length > 64),
  read: (bytes, _path, at) => {
    if (bytes.length > MAX_BYTES)
      throw new StructureError('structure_too_large', 'Larger than a key store is: it is not opened.');
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return isJavaKeyStore(file) ? javaCandidates(file, at) : pkcs12Candidates(file, at);
  },
};

function javaCandidates(file: Buffer, at: Date): readonly StructuredCandidate[] {
  const { entries, opensWith } = readJavaKeyStore(file);
  const keys = entries.filter(({ kind }) => kind !== 'certificate');
  if (keys.length === 0) return [];
  const password = WELL_KNOWN.find(opensWith);
  const clues = keys.flatMap(({ alias, certificates }) => [
    storeClue(`Java key store, entry ${alias}`, password, { alias }),
    ...certificateClues(certificates.slice(0, 1), at),
  ]);
  const isOne = keys.length === 1 && keys[0]!.certificates.length > 0;
  return [candidateOf(file, clues.slice(0, 2 * MAX_CERTIFICATES), 'java-key-store', isOne)];
}

function pkcs12Candidates(file: Buffer, at: Date): readonly StructuredCandidate[] {
  const opened = opening(file);
  if (!opened)
    return [candidateOf(file, [storeClue('PKCS #12 file under a password', undefined, {})], 'pkcs12', false)];
  if (opened.privateKeys === 0) return [];
  const leaf = opened.privateKeys === 1 ? leafOf(opened.certificates) : undefined;
  const clues = [
    storeClue('PKCS #12 file', opened.password ?? undefined, {}),
    ...certificateClues(leaf ? [leaf] : opened.certificates, at),
  ];
  return [candidateOf(file, clues, 'pkcs12', leaf !== undefined)];
}

/** One that would take long to open is one that does not open. */
function opening(file: Buffer): Pkcs12 | null {
  try {
    return openPkcs12(file, WELL_KNOWN);
  } catch (error) {
    if (error instanceof StructureError && error.code === 'structure_too_large') return null;
    throw error;
  }
}

function storeClue(words: string, password: string | undefined, facts: Record<string, string>): Clue {
  if (password === undefined) return clueOf('key-store', words, facts);
  const told = password === '' ? 'no password' : `the password ${password}`;
  return clueOf('key-store', `${words}, opened with ${told}`, { ...facts, opensWith: told });
}

function certificateClues(certificates: readonly Buffer[], at: Date): readonly Clue[] {
  return certificates.slice(0, MAX_CERTIFICATES).flatMap((der) => {
    const found = readCertificate(der);
    return found ? [certificateClue(found, at)] : [];
  });
}

/** The one certificate that issued none of the others: of the key beside it. */
function leafOf(certificates: readonly Buffer[]): Buffer | undefined {
  const read = certificates.slice(0, MAX_CERTIFICATES).flatMap((der) => readCertificate(der) ?? []);
  const leaves = read.filter((one) => !read.some((other) => other !== one && other.issuer === one.subject));
  return leaves.length === 1 ? leaves[0]!.raw : undefined;
}

/**
 * The whole file is the secret: the same store is the same finding wherever it lies.
 *
 * @param isOne whether it is one key, whose certificate says which: then it is that key, as in any other file
 */
function candidateOf(file: Buffer, clues: readonly Clue[], within: string, isOne: boolean): StructuredCandidate {
  return {
    rule: isOne ? { ...STRUCTURED.keyStore, kind: 'private-key' } : STRUCTURED.keyStore,
    secret: file.toString('base64'),
    start: null,
    end: null,
    clues,
    within: [within],
  };
}
