import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import type { Algorithm, BenchName } from './options.js';

/** The processor time of one cryptographic step alone, in a loop, in this process. */
export interface BareCost {
  readonly step: string;
  readonly cpuSecondsPer1000: number;
  /** How many of it one operation of the bench cannot do without. */
  readonly times: number;
}

const WARM_UP_MILLISECONDS = 100;
const LOOP_MILLISECONDS = 400;
const TOKEN_BYTES = 1200;
const CERTIFICATE_BYTES = 600;
const LEAF_BYTES = 500;

/** What the cryptography of a bench costs by itself: the floor that no server gets below. */
export function bareCosts(bench: BenchName, algorithm: Algorithm): BareCost[] {
  const signCertificate = cost('sign_p256', 1, signing('ec', CERTIFICATE_BYTES));
  switch (bench) {
    case 'issuance':
      return [
        ...(['ES256', 'RS256'] as const).map((name) =>
          cost(`verify_${name.toLowerCase()}_token`, name === algorithm ? 1 : 0, verifyingToken(name)),
        ),
        cost('verify_p256_csr', 1, verifyingRequest()),
        signCertificate,
      ];
    case 'tokens':
      return [signCertificate];
    case 'console':
    case 'decisions':
    case 'resolve':
    case 'reviews':
    case 'rotation':
    case 'scan':
    case 'truth':
      return [];
    case 'append':
      return [cost('sha256_leaf', 2, () => void createHash('sha256').update(LEAF).digest())];
  }
}

const LEAF = randomBytes(LEAF_BYTES);

function pair(kind: 'ec' | 'rsa'): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return kind === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function signing(kind: 'ec' | 'rsa', bytes: number): () => void {
  const { privateKey } = pair(kind);
  const text = randomBytes(bytes);
  return () => void sign('sha256', text, privateKey);
}

/** With a key that is at hand already, as an issuer's is. */
function verifyingToken(algorithm: Algorithm): () => void {
  const { privateKey, publicKey } = pair(algorithm === 'ES256' ? 'ec' : 'rsa');
  const text = randomBytes(TOKEN_BYTES);
  const dsaEncoding = 'ieee-p1363';
  const signature = sign('sha256', text, { key: privateKey, dsaEncoding });
  return () => void verify('sha256', text, { key: publicKey, dsaEncoding }, signature);
}

/** With a key that was never seen before, as a request's is. */
function verifyingRequest(): () => void {
  const { privateKey, publicKey } = pair('ec');
  const text = randomBytes(CERTIFICATE_BYTES / 2);
  const signature = sign('sha256', text, privateKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return () => void verify('sha256', text, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
}

function cost(step: string, times: number, work: () => void): BareCost {
  loop(work, WARM_UP_MILLISECONDS);
  const before = process.cpuUsage();
  const count = loop(work, LOOP_MILLISECONDS);
  const { user, system } = process.cpuUsage(before);
  return { step, times, cpuSecondsPer1000: ((user + system) / count) * 1e-3 };
}

function loop(work: () => void, milliseconds: number): number {
  let count = 0;
  for (const endsAt = performance.now() + milliseconds; performance.now() < endsAt; count += 1) work();
  return count;
}
