import type { Id } from './ids.js';
import type { Level, Proofs, ProvedLevel } from './levels.js';

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
      /** The highest level ever proved in the session; how fresh it is stands in `proofs`. */
      readonly acr: Level;
      /** How it was proved (RFC 8176 §2). */
      readonly amr: readonly string[];
      /** When each level was last proved in this session, as it still counts. */
      readonly proofs: Proofs;
      /** The highest level that this person's authenticators could prove in this session; absent where they have none. */
      readonly reach?: ProvedLevel;
      /** When the session began. */
      readonly authenticatedAt: Date;
      /** Roles lent for a time in an emergency: what is done meanwhile names it. */
      readonly breakGlass?: { readonly id: Id<'breakGlass'>; readonly roles: readonly Role[] };
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
  /** Which policy answered: its name and the start of its digest, for example `muster-default@sha256:0f3a…`. */
  readonly policy: string;
  /** What must be proved first: there where the effect is `step-up`, and only there. */
  readonly requirement?: StepUpRequirement;
  /** Whose consent is needed first: there where the effect is `approve`, and only there. */
  readonly approval?: ApprovalRequirement;
}

/** A fresh proof that the person is present, at least of this level. */
export interface StepUpRequirement {
  readonly acr: ProvedLevel;
  /** How old the proof may be. One that is bound may be spent within 120 s, whatever this says. */
  readonly maxAgeSeconds: number;
  /** The proof is made for exactly this request and spent by it; else a fresh proof of the session will do. */
  readonly bound: boolean;
  /** What will happen, for people: a template with `{id}` and `{body.field}` in it. */
  readonly words: string;
}

/** Consent of somebody who is neither requester nor executor. */
export interface ApprovalRequirement {
  /** Who may consent: roles, or the custodian of what it is about. */
  readonly approvers: readonly (Role | 'custodian-of-resource')[];
  /** How long the request stays open. */
  readonly expiresSeconds: number;
  /** As for a step-up. */
  readonly words: string;
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

/** Who `me` is in a question: the person who asks. Of anybody else it is a name that no person has, which finds nothing. */
export function meIn({ principal }: Actor): Id<'person'> {
  return principalName(principal) as Id<'person'>;
}

/**
 * The service itself, doing what nobody asked for in a request.
 *
 * @param requestId names this one thing that it does, as a request would
 * @param grounds what it rests on beyond being the service, as a decision's reasons are written: `review:rvi_…`
 */
export function systemActor(component: string, requestId: Id<'request'>, ...grounds: readonly string[]): Actor {
  return {
    principal: { kind: 'system', component },
    requestId,
    decision: { effect: 'allow', reasons: [`system:${component}`, ...grounds], policy: 'builtin@1' },
  };
}

/** What somebody may act as now: the roles they have, and those they were lent in an emergency. */
export function rolesOf(principal: Principal): readonly Role[] {
  if (principal.kind !== 'person') return [];
  return [...new Set([...principal.roles, ...(principal.breakGlass?.roles ?? [])])];
}
