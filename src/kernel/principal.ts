import type { Id } from './ids.js';

/** What people may be. One person may hold several; rights are the union, duties stay separate. */
export const ROLES = ['administrator', 'analyst', 'auditor', 'custodian', 'platform-engineer'] as const;
export type Role = (typeof ROLES)[number];

/** Who is asking, as proved by the credential they showed. */
export type Principal =
  | {
      readonly kind: 'person';
      readonly id: Id<'person'>;
      readonly sessionId: Id<'session'>;
      readonly roles: readonly Role[];
      /** Level of the proof behind the session (`standards.md`, Levels). */
      readonly acr: 'loa1' | 'loa2' | 'loa3' | 'loa4';
      readonly authenticatedAt: Date;
    }
  | {
      readonly kind: 'workload';
      readonly id: Id<'identity'>;
      readonly spiffeId: string;
      /** What was shown: a certificate, an access token bound to one, or an attestation, named by its receipt. */
      readonly credential: {
        readonly kind: 'certificate' | 'token' | 'attestation';
        readonly id: Id<'certificate'> | Id<'token'> | Id<'receipt'>;
      };
      /** What a token was narrowed to; absent where the credential carries all of the identity's grants. */
      readonly scopes?: readonly string[];
    }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'system'; readonly component: string };

/** The answer of a policy, as it is recorded beside the change it allowed. */
export interface Decision {
  readonly effect: 'allow' | 'step-up' | 'approve' | 'deny';
  /** Stable words, most important first, for example `role:platform-engineer`. */
  readonly reasons: readonly string[];
  /** Which policy answered, for example `builtin@1`. */
  readonly policy: string;
}

/** Who does something, in which request, by which decision: what every use case is told and every record names. */
export interface Actor {
  readonly principal: Principal;
  readonly requestId: Id<'request'>;
  readonly decision: Decision;
}

/** The opaque name of a principal in records: an id, `anonymous`, or `system:<component>`. */
export function principalName(principal: Principal): string {
  switch (principal.kind) {
    case 'person':
    case 'workload':
      return principal.id;
    case 'anonymous':
      return 'anonymous';
    case 'system':
      return `system:${principal.component}`;
  }
}
