import type { Actor, Id } from '../kernel/index.js';

/** The caller of a public route, now that its attestation has proved which identity it is; its receipt will say how. */
export function attestedCaller(
  actor: Actor,
  identity: { readonly id: Id<'identity'>; readonly spiffeId: string },
  receiptId: Id<'receipt'>,
): Actor {
  const credential = { kind: 'attestation', id: receiptId } as const;
  const { id, spiffeId } = identity;
  return { ...actor, principal: { kind: 'workload', id, spiffeId, credential } };
}

/** What a workload showed on the mutual listener: its own id and the certificate of the connection. */
export interface Workload {
  readonly identityId: Id<'identity'>;
  readonly spiffeId: string;
  readonly credential: { readonly kind: string; readonly id: Id<'certificate'> | Id<'token'> };
  /** What its token was narrowed to; undefined when it showed its certificate alone. */
  readonly scopes: readonly string[] | undefined;
}

/** The workload that calls. Routes that need one are for workloads alone, by policy. */
export function workloadOf(actor: Actor): Workload {
  const { principal } = actor;
  if (principal.kind !== 'workload') throw new Error('A route for workloads let somebody else in.');
  const { id, spiffeId, credential, scopes } = principal;
  return { identityId: id, spiffeId, credential: credential as Workload['credential'], scopes };
}
