import type { Id } from '../../kernel/index.js';

/** A key that vouches for others, and its certificate. `taint`: still trusted, but it issues nothing any more. */
export interface Authority {
  readonly id: Id<'authority'>;
  readonly kind: 'root' | 'issuing';
  readonly state: 'prepare' | 'active' | 'taint' | 'revoked';
  readonly issuerId: Id<'authority'> | null;
  /** DER. */
  readonly certificate: Buffer;
  readonly subjectKeyId: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Whether what the authority has signed is still to be believed. */
export function isTrusted(authority: Pick<Authority, 'state'>): boolean {
  return authority.state !== 'revoked';
}
