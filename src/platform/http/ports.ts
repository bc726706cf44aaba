import type { IncomingHttpHeaders } from 'node:http';
import type { Decision, Id, Json, Principal, ProvedLevel } from '../../kernel/index.js';

/** What a request shows of its caller. Proxies' certificate headers are never among it. */
export interface ShownCredentials {
  /** From `Authorization: Bearer …`, else from the session cookie; undefined when neither was sent. */
  readonly bearer: string | undefined;
  /** DER of the client certificate of this very connection, and of the chain sent with it. */
  readonly certificate: { readonly leaf: Buffer; readonly chain: readonly Buffer[] } | undefined;
  readonly address: string;
  readonly requestId: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Port: who is the caller? Bound in `app.module.ts` to sessions (custodians) and to certificates and tokens (issuance).
 *
 * Answers `undefined` when the credential is not of its kind; throws when it is of its kind and does not hold.
 */
export abstract class Authenticator {
  abstract authenticate(shown: ShownCredentials): Promise<Principal | undefined>;
}

/** Port: may this caller do this? Bound in `app.module.ts` to `policy`. Never throws for a refusal: it answers `deny`. */
export abstract class DecisionPoint {
  /** Whether the action exists; asked for every route before the service starts. */
  abstract knows(action: string): boolean;
  abstract decide(question: Question): Promise<Decision>;
}

export interface Question {
  readonly principal: Principal;
  readonly action: string;
  /** Path parameters and the like: opaque ids, never bodies. */
  readonly resource: Readonly<Record<string, string>>;
  /** What else the policy may weigh, for example the `authorizationDetails` that a token is asked for (RFC 9396). */
  readonly context?: Readonly<Record<string, Json>>;
  /** The request that asks; absent where the question is put outside of one. */
  readonly requestId?: string;
  /** What was shown for this very request; absent when it is asked for the first time. */
  readonly evidence?: Evidence;
}

/** What was shown for one request and verified, for the policy to weigh. */
export interface Evidence {
  /** A proof that was made for exactly this request. */
  readonly stepUp?: { readonly id: Id<'stepUp'>; readonly acr: ProvedLevel; readonly provedAt: Date };
  /** Consent that somebody else gave to exactly this request. */
  readonly consent?: Id<'approval'>;
}

/** Port: a caller who has proved who they are was refused. Bound to `audit`, which records it. */
export abstract class RefusalLog {
  abstract refused(question: Question, decision: Decision, requestId: string): Promise<void>;
}

/** Port: where failures and their causes are logged, without secrets. Bound to `platform/telemetry`. */
export abstract class FailureLog {
  abstract failed(requestId: string, code: string, cause: unknown): void;
}

/** Every way a caller can prove who they are, tried in order; the first that answers decides. */
export abstract class Authenticators {
  abstract readonly all: readonly Authenticator[];
}
