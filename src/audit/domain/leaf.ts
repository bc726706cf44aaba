import { type Actor, canonicalJson, type Json, principalName, type RecordType } from '../../kernel/index.js';
import { AuditError } from './errors.js';

/** The largest entry that a C2SP tlog-tiles bundle can hold. */
export const MAX_LEAF_BYTES = 65_535;

/** One line of the log: who did what to which thing and by which decision, in opaque ids alone (decision 1). */
export interface Leaf {
  readonly v: 1;
  readonly type: RecordType;
  readonly actor: string;
  /** The session or credential through which the actor acted. */
  readonly instance?: string;
  readonly subject: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string;
  readonly request: string;
  readonly decision: { readonly effect: string; readonly policy: string; readonly reasons: readonly string[] };
  readonly commitment: string;
}

export interface LeafFacts {
  readonly type: RecordType;
  readonly actor: Actor;
  readonly subject: string;
  readonly at: Date;
  readonly commitment: string;
}

const ID = /^[a-z]{3}_[0-9a-f]{32}$/;
/** A thing of which there is only one, or a whole collection: `log`, `ledger`, `people`. */
const COLLECTION = /^[a-z][a-z-]{0,31}$/;
const SYSTEM = /^system:[a-z][a-z0-9-]{0,31}$/;
/** Codes and `kind:value` words. No spaces and no `@`: a sentence, a name or an address does not fit. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;
const POLICY = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/;

/**
 * Writes the leaf of a record as canonical JSON (RFC 8785).
 *
 * A leaf is public to every auditor for ever and cannot be taken back, so everything in it must have the form of an
 * opaque id, a code or an instant; anything else is refused here rather than found there later (AUD-5).
 *
 * @throws AuditError `record_malformed` when the subject is not an id or a collection's name, a reason is not a word,
 *   or the leaf would exceed 65,535 bytes
 */
export function leafText(facts: LeafFacts): string {
  const { principal, requestId, decision } = facts.actor;
  const leaf: Leaf = {
    v: 1,
    type: facts.type,
    actor: opaque('actor', principalName(principal)),
    ...instanceOf(facts.actor),
    subject: opaque('subject', facts.subject),
    at: facts.at.toISOString(),
    request: opaque('request', requestId),
    decision: {
      effect: decision.effect,
      policy: word('policy', POLICY, decision.policy),
      reasons: decision.reasons.map((reason) => word('reason', WORD, reason)),
    },
    commitment: facts.commitment,
  };
  const text = canonicalJson(leaf as unknown as Json);
  if (Buffer.byteLength(text) > MAX_LEAF_BYTES)
    throw new AuditError('record_malformed', `A record's leaf may have ${MAX_LEAF_BYTES} bytes.`);
  return text;
}

function instanceOf({ principal }: Actor): { instance?: string } {
  if (principal.kind === 'person') return { instance: opaque('session', principal.sessionId) };
  if (principal.kind === 'workload') return { instance: opaque('credential', principal.credential.id) };
  return {};
}

function opaque(what: string, value: string): string {
  if (ID.test(value) || COLLECTION.test(value) || SYSTEM.test(value)) return value;
  throw new AuditError('record_malformed', `The ${what} of a record must be an id or the name of a collection.`);
}

function word(what: string, form: RegExp, value: string): string {
  if (form.test(value)) return value;
  throw new AuditError('record_malformed', `Each ${what} of a record must be a code without spaces.`);
}
