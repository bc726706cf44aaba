import { type Certificate, parseCertificate } from './certificate.js';
import { type CertificateList, parseCrl } from './crl.js';
import { CryptoError } from '../errors.js';
import { type Link, linkOf } from './path/link.js';
import { sameName } from './name.js';
import { checkLink, checkPath, checkSignature, type PathTerms } from './path/path-checks.js';
import type { PeerName } from './path/peer-name.js';
import { type PathCode, type Refusal, refuse } from './path/refusal.js';
import type { PathRules } from './path/rules.js';
import type { Usage } from './path/usage.js';
import { Work, WorkExceeded } from './path/work.js';

/** DER, or a certificate that was read before (roots and issuers that stay the same from call to call). */
export type CertificateInput = Buffer | Certificate;

export interface PathQuestion {
  readonly leaf: CertificateInput;
  /** Untrusted, in any order: what the peer sent and what we hold ourselves. */
  readonly intermediates: readonly CertificateInput[];
  readonly roots: readonly CertificateInput[];
  readonly at: Date;
  readonly usage: Usage;
  readonly crls?: readonly (Buffer | CertificateList)[];
  /** Refuse where no list of an issuer on the path is at hand; false when left out. */
  readonly requireCrl?: boolean;
  /** `webpki` when left out: what our handshakes demand. */
  readonly rules?: PathRules;
  /**
   * Whether a common name must repeat an alternative name (BR §7.1.4.3); `ignored` when left out: no peer is ever
   * recognised by it.
   */
  readonly commonName?: 'ignored' | 'repeats-a-name';
  /** Names that the leaf must bear, all of them; none when left out. */
  readonly peerNames?: readonly PeerName[];
  /** 8 when left out; self-issued intermediates do not count. */
  readonly maxIntermediates?: number;
}

export type PathAnswer =
  /** `chain` runs from the leaf to the root that is trusted. */
  { readonly ok: true; readonly chain: readonly Certificate[] } | ({ readonly ok: false } & Refusal);

const DEFAULT_MAX_INTERMEDIATES = 8;
const MAX_LINKS = 24;

/**
 * Builds a path from the leaf to a trusted root and validates it (RFC 5280 §6): signatures, validity, authority and its
 * length, key usage and purposes, name constraints, critical extensions, revocation.
 *
 * Never throws for what the certificates contain; work is bounded whatever they are (`work_exceeded`). Of several
 * paths one that holds is enough; when none does, the answer tells the refusal of the path that came furthest.
 * Certificate policies are not processed: a path whose authorities constrain them is refused.
 */
export function verifyPath(question: PathQuestion): PathAnswer {
  try {
    return new PathBuilder(question).build();
  } catch (error) {
    if (error instanceof WorkExceeded) return { ok: false, ...refuse('work_exceeded', error.message) };
    if (error instanceof CryptoError) return { ok: false, ...refuse(malformedCode(error), error.message) };
    throw error;
  }
}

function malformedCode(error: CryptoError): PathCode {
  return error.code === 'crl_malformed' || error.code === 'crl_too_large' ? 'crl_invalid' : 'certificate_malformed';
}

/** One search, depth first: trusted roots before untrusted intermediates. */
class PathBuilder {
  private readonly terms: PathTerms;
  private readonly leaf: Link;
  private readonly roots: readonly Link[];
  private readonly intermediates: readonly Link[];
  private furthest: { readonly depth: number; readonly refusal: Refusal } | undefined;

  constructor(question: PathQuestion) {
    this.terms = {
      at: question.at,
      usage: question.usage,
      rules: question.rules ?? 'webpki',
      commonName: question.commonName ?? 'ignored',
      peerNames: question.peerNames ?? [],
      crls: (question.crls ?? []).map((crl) => (Buffer.isBuffer(crl) ? parseCrl(crl) : crl)),
      requireCrl: question.requireCrl ?? false,
      maxIntermediates: question.maxIntermediates ?? DEFAULT_MAX_INTERMEDIATES,
      work: new Work(),
    };
    this.leaf = linkOf(asCertificate(question.leaf), 'leaf');
    this.roots = this.readable(question.roots).map((root) => linkOf(root, 'root'));
    this.intermediates = this.readable(question.intermediates)
      .map((issuer) => linkOf(issuer, 'intermediate'))
      .filter((issuer) => !isSelfSigned(issuer));
  }

  build(): PathAnswer {
    const refusal = checkLink(this.leaf, this.terms);
    if (refusal) return { ok: false, ...refusal };
    const path = this.extend([this.leaf]);
    if (path) return { ok: true, chain: path.map(({ certificate }) => certificate) };
    return { ok: false, ...(this.furthest?.refusal ?? refuse('issuer_unknown', 'No trusted root issued it (§6.1).')) };
  }

  /** The first valid path that continues this one, or undefined. */
  private extend(path: readonly Link[]): readonly Link[] | undefined {
    const last = path.at(-1)!;
    for (const issuer of this.candidates(path, last)) {
      const refusal = this.checkStep(path, last, issuer);
      if (refusal) {
        this.note(path.length, refusal);
        continue;
      }
      const found = this.follow([...path, issuer]);
      if (found) return found;
    }
    return undefined;
  }

  private follow(path: readonly Link[]): readonly Link[] | undefined {
    if (path.at(-1)!.place !== 'root') return this.extend(path);
    const refusal = checkPath(path, this.terms);
    if (!refusal) return path;
    this.note(MAX_LINKS, refusal);
    return undefined;
  }

  private checkStep(path: readonly Link[], last: Link, issuer: Link): Refusal | undefined {
    const counted = [...path.slice(1), issuer].filter(
      ({ place, selfIssued }) => place === 'intermediate' && !selfIssued,
    );
    if (counted.length > this.terms.maxIntermediates || path.length >= MAX_LINKS)
      return refuse('path_too_long', 'The path has more intermediates than are allowed.');
    return checkLink(issuer, this.terms) ?? checkSignature(last, issuer, this.terms.work);
  }

  /**
   * Those whose name and key identifier fit, and whose name and key are not on the path yet: no cycles. A root that
   * the peer sent along leads nowhere unless it is among those trusted.
   */
  private candidates(path: readonly Link[], last: Link): Link[] {
    return [...this.roots, ...this.intermediates].filter(
      (issuer) => mayHaveIssued(issuer, last) && !path.some((link) => isSameEntity(link, issuer)),
    );
  }

  /** Certificates that cannot be read cannot be on the path; that one is among them does not spoil the others. */
  private readable(inputs: readonly CertificateInput[]): Certificate[] {
    return inputs.flatMap((input) => {
      try {
        return [asCertificate(input)];
      } catch (error) {
        if (!(error instanceof CryptoError)) throw error;
        this.note(0, refuse('certificate_malformed', error.message));
        return [];
      }
    });
  }

  private note(depth: number, refusal: Refusal): void {
    if (!this.furthest || depth > this.furthest.depth) this.furthest = { depth, refusal };
  }
}

function asCertificate(input: CertificateInput): Certificate {
  return Buffer.isBuffer(input) ? parseCertificate(input) : input;
}

function mayHaveIssued(issuer: Link, { certificate }: Link): boolean {
  const named = certificate.values.authorityKeyId?.keyId;
  const own = issuer.certificate.values.subjectKeyId;
  const otherKey = named && own && !named.equals(own);
  return !otherKey && sameName(issuer.certificate.subject, certificate.issuer);
}

/** Whether it says that its own key signed it; the signature is not looked at, as such a certificate is not used. */
function isSelfSigned({ certificate: { values }, selfIssued }: Link): boolean {
  const { authorityKeyId, subjectKeyId } = values;
  return selfIssued && (!authorityKeyId?.keyId || authorityKeyId.keyId.equals(subjectKeyId ?? Buffer.alloc(0)));
}

function isSameEntity(one: Link, other: Link): boolean {
  const [a, b] = [one.certificate, other.certificate];
  return a.spki.bytes.equals(b.spki.bytes) && sameName(a.subject, b.subject);
}
