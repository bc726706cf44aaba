import type { Id, Level, ProvedLevel, Role } from '../../kernel/index.js';

/**
 * Everything that a decision is made from, as plain JSON, so that it can be written down and decided again (P14).
 * Instants are milliseconds since 1970. Ids are opaque; there is never a name or a body in it.
 */
export interface PolicyInput {
  readonly subject: PolicySubject;
  readonly action: string;
  /** Parts of the path by name, those that are ids. */
  readonly resource: Readonly<Record<string, string>>;
  readonly context: {
    readonly at: number;
    /** Of what a token is asked for (RFC 9396 §2): the types alone. */
    readonly authorizationDetailTypes: readonly string[];
  };
  /** What was shown for exactly this request. */
  readonly evidence: {
    readonly stepUp?: { readonly id: Id<'stepUp'>; readonly acr: ProvedLevel; readonly provedAt: number };
    readonly consent?: Id<'approval'>;
  };
}

export type PolicySubject =
  | {
      readonly kind: 'person';
      readonly id: string;
      readonly sessionId: string;
      readonly roles: readonly Role[];
      readonly acr: Level;
      readonly amr: readonly string[];
      readonly authenticatedAt: number;
      readonly proofs: Readonly<Partial<Record<ProvedLevel, number>>>;
      /** The highest level that their authenticators could prove in this session. */
      readonly reach?: ProvedLevel;
      readonly breakGlass?: { readonly id: Id<'breakGlass'>; readonly roles: readonly Role[] };
    }
  | { readonly kind: 'workload'; readonly id: string; readonly credential: string; readonly scopes?: readonly string[] }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'system'; readonly component: string };
