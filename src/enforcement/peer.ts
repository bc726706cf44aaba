import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import {
  type Certificate,
  certificateSpiffeId,
  certificateThumbprint,
  parseCertificate,
  verifyPath,
} from '../crypto/index.js';
import type { Credential } from './domain/decide.js';
import { type Refused, refused } from './domain/verdict.js';

/** The caller behind a connection, with the chain that proves it. */
export interface Peer extends Credential {
  /** SHA-256 of the certificate, base64url. */
  readonly thumbprint: string;
}

const MAX_CHAIN = 10;
const MAX_ISSUERS = 16;

/** Verifies what a peer showed in its handshake against the pinned root. */
export class PeerVerifier {
  /** Intermediates of chains that held: a resumed session shows the leaf alone. */
  private issuers: readonly Certificate[] = [];
  private readonly root: Certificate;

  constructor(
    rootPem: string,
    private readonly trustDomain: string,
  ) {
    this.root = parseCertificate(rootPem);
  }

  verify(socket: TLSSocket, at: Date): Peer | Refused {
    const [leaf, ...chain] = shownBy(socket);
    if (!leaf) return refused('certificate_missing', 'Show a client certificate.');
    const intermediates = [...chain, ...this.issuers];
    const answer = verifyPath({ leaf, intermediates, roots: [this.root], at, usage: 'client' });
    if (!answer.ok) return refused('certificate_invalid', `The certificate does not hold here: ${answer.code}.`);
    const id = certificateSpiffeId(answer.chain[0]!);
    if (!id?.isMemberOf(this.trustDomain))
      return refused('certificate_invalid', `The certificate names no workload of spiffe://${this.trustDomain}.`);
    this.remember(answer.chain.slice(1, -1));
    return peerOf(id.toString(), answer.chain);
  }

  private remember(issuers: readonly Certificate[]): void {
    const fresh = issuers.filter((one) => !this.issuers.some((known) => known.der.equals(one.der)));
    this.issuers = [...fresh, ...this.issuers].slice(0, MAX_ISSUERS);
  }
}

function peerOf(spiffeId: string, chain: readonly Certificate[]): Peer {
  const [leaf] = chain;
  return {
    spiffeId,
    serialNumber: leaf!.serialNumber,
    thumbprint: certificateThumbprint(leaf!),
    validFrom: new Date(Math.max(...chain.map(({ notBefore }) => notBefore.getTime()))),
    // The last second is valid to its end (RFC 5280 §4.1.2.5).
    validUntil: new Date(Math.min(...chain.map(({ notAfter }) => notAfter.getTime())) + 999),
  };
}

/** DER of the chain as the peer sent it, leaf first; Node ends it with a certificate that points at itself. */
function shownBy(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  let shown: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (shown?.raw && chain.length < MAX_CHAIN) {
    chain.push(shown.raw);
    shown = shown.issuerCertificate === shown ? undefined : shown.issuerCertificate;
  }
  return chain;
}
