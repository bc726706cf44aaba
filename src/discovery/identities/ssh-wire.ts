import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/** Reads the data types of the SSH protocol (RFC 4251 §5) from bytes that may lie about their lengths. */
export class SshReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  skip(count: number): void {
    this.take(count);
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  /** @throws RangeError where fewer bytes are left */
  private take(count: number): Buffer {
    if (count > this.left) throw new RangeError('An SSH value is cut short.');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}

/** As `ssh-keygen -l` and GitHub show it: SHA-256 of the key in its wire form, base64 without padding. */
export function sshFingerprint(wire: Buffer): string {
  return `SHA256:${createHash('sha256').update(wire).digest('base64').replaceAll('=', '')}`;
}

/** A public key in its wire form (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4); null for kinds that SSH has no name for. */
export function sshWire(jwk: JsonWebKey): Buffer | null {
  const part = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64url');
  if (jwk.kty === 'RSA') return joined('ssh-rsa', mpint(part(jwk.e)), mpint(part(jwk.n)));
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return joined('ssh-ed25519', part(jwk.x));
  const curve = CURVES.find(({ jwkName }) => jwkName === jwk.crv);
  if (jwk.kty !== 'EC' || !curve) return null;
  const point = Buffer.concat([Buffer.from([4]), part(jwk.x), part(jwk.y)]);
  return joined(`ecdsa-sha2-${curve.sshName}`, Buffer.from(curve.sshName), point);
}

/** The key of a wire form, or null for kinds that Node does not know (DSA, keys that live in hardware). */
export function keyOfWire(wire: Buffer): KeyObject | null {
  const reader = new SshReader(wire);
  const kind = reader.string().toString('latin1');
  if (kind === 'ssh-rsa') {
    const [e, n] = [reader.string(), reader.string()];
    return publicKey({ kty: 'RSA', e: unsigned(e), n: unsigned(n) });
  }
  if (kind === 'ssh-ed25519')
    return publicKey({ kty: 'OKP', crv: 'Ed25519', x: reader.string().toString('base64url') });
  const curve = CURVES.find(({ sshName }) => kind === `ecdsa-sha2-${sshName}`);
  if (!curve) return null;
  reader.string();
  const point = reader.string();
  const size = (point.length - 1) / 2;
  if (point[0] !== 4 || !Number.isInteger(size)) return null;
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  return publicKey({ kty: 'EC', crv: curve.jwkName, x: x.toString('base64url'), y: y.toString('base64url') });
}

const CURVES = [
  { sshName: 'nistp256', jwkName: 'P-256' },
  { sshName: 'nistp384', jwkName: 'P-384' },
  { sshName: 'nistp521', jwkName: 'P-521' },
] as const;

function publicKey(key: Record<string, string>): KeyObject {
  return createPublicKey({ key, format: 'jwk' });
}

function joined(kind: string, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(kind), ...parts].flatMap((part) => [uint32(part.length), part]));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** RFC 4251 §5: no leading zeros, but one where the first bit would be taken for a sign. */
function mpint(value: Buffer): Buffer {
  const first = value.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.alloc(0) : value.subarray(first);
  return short.length > 0 && short[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short;
}

function unsigned(value: Buffer): string {
  return (value[0] === 0 ? value.subarray(1) : value).toString('base64url');
}
