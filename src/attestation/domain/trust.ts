import { isDeepStrictEqual } from 'node:util';
import type { Id } from '../../kernel/index.js';
import { parseCondition } from './condition.js';
import { AttestationError } from './errors.js';
import { checkPins, type Pins } from './pins.js';
import { checkSubject } from './subject.js';
import { type ProviderKind, verifierOf } from './verifiers/index.js';

export const TRUST_STATUSES = ['active', 'paused'] as const;
export type TrustStatus = (typeof TRUST_STATUSES)[number];

export const MAX_AUDIENCE = 255;
export const MIN_TTL_SECONDS = 60;
export const MAX_TTL_SECONDS = 86_400;

/** Whose tokens, from one provider, may obtain credentials of one identity. */
export interface Trust {
  readonly id: Id<'trust'>;
  readonly identityId: Id<'identity'>;
  readonly providerId: Id<'provider'>;
  /** Must be among the token's `aud`, exactly: a token made for another service proves nothing here (RFC 7519 §4.1.3). */
  readonly audience: string;
  /** Exact, or a prefix and `*`. */
  readonly subject: string;
  readonly pins: Pins;
  /** CEL over `claims`; null when audience, subject and pins say enough. */
  readonly condition: string | null;
  /** The longest lifetime a credential obtained through this trust may have. */
  readonly maxTtlSeconds: number | null;
  readonly status: TrustStatus;
  readonly version: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** What may be changed later. Another identity or provider is another trust. */
export type TrustChange = Partial<
  Pick<Trust, 'audience' | 'subject' | 'pins' | 'condition' | 'maxTtlSeconds' | 'status'>
>;

/**
 * A trust as it is first created.
 *
 * @param kind the kind of its provider, which says what must be pinned
 * @throws AttestationError `audience_invalid`, `subject_invalid`, `subject_too_wide`, `pin_missing`, `pin_invalid`,
 *   `condition_invalid`
 */
export function createTrust(trust: Omit<Trust, 'status' | 'version' | 'changedAt'>, kind: ProviderKind): Trust {
  return checked({ ...trust, status: 'active', version: 1, changedAt: trust.createdAt }, kind);
}

/**
 * The next version of a trust.
 *
 * @param at instant of the change, UTC
 * @returns the trust itself when nothing changes
 * @throws AttestationError as `createTrust`
 */
export function changeTrust(trust: Trust, change: TrustChange, kind: ProviderKind, at: Date): Trust {
  const changed = { ...trust, ...change };
  if (isDeepStrictEqual(changed, trust)) return trust;
  return checked({ ...changed, version: trust.version + 1, changedAt: at }, kind);
}

function checked(trust: Trust, kind: ProviderKind): Trust {
  const verifier = verifierOf(kind);
  if (!/^[\x21-\x7e]{1,255}$/.test(trust.audience) || trust.audience.includes('*'))
    throw new AttestationError(
      'audience_invalid',
      'The audience is one exact value without spaces or *, best the address of this service.',
    );
  checkSubject(trust.subject, verifier);
  checkPins(trust.pins, verifier);
  if (trust.condition !== null) parseCondition(trust.condition);
  return trust;
}
