import { contextConstructed } from '../der/tags.js';
import { encode, bitString, sequence, unsignedInteger } from '../der/writer.js';
import { encodeSignatureAlgorithm, type IssuingAlgorithm } from './signature.js';

/**
 * A certification request that names nobody and asks for nothing but a certificate for its key (PKCS#10, RFC 2986 §4): what
 * a holder is called is not theirs to say.
 *
 * @param spkiDer the public key
 * @param sign signs with the key itself, which proves that it is held (§3)
 * @returns DER
 */
export function encodeRequest(spkiDer: Buffer, algorithm: IssuingAlgorithm, sign: (info: Buffer) => Buffer): Buffer {
  const info = sequence(unsignedInteger(Buffer.of(0)), sequence(), spkiDer, encode(contextConstructed(0)));
  return sequence(info, encodeSignatureAlgorithm(algorithm), bitString(sign(info)));
}
