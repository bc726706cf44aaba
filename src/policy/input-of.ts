import type { Json, Principal, ProvedLevel } from '../kernel/index.js';
import type { Question } from '../platform/index.js';
import type { PolicyInput, PolicySubject } from './domain/input.js';

const MAX_TYPES = 50;
const ID = /^[a-z]{3}_[0-9a-f]{32}$/;

/** What a question is decided by: opaque facts about who asks, what for and when, and nothing of what was sent. */
export function inputOf({ principal, action, resource, context, evidence }: Question, at: Date): PolicyInput {
  const { stepUp, consent } = evidence ?? {};
  return {
    subject: subjectOf(principal),
    action,
    resource: idsIn(resource),
    context: { at: at.getTime(), authorizationDetailTypes: typesIn(context?.['authorizationDetails']) },
    evidence: {
      ...(stepUp && { stepUp: { id: stepUp.id, acr: stepUp.acr, provedAt: stepUp.provedAt.getTime() } }),
      ...(consent && { consent }),
    },
  };
}

/** The path is the caller's to write, and may hold what nobody should read later: only ids are kept of it. */
function idsIn(resource: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const name in resource) if (ID.test(resource[name]!)) ids[name] = resource[name]!;
  return ids;
}

function subjectOf(principal: Principal): PolicySubject {
  switch (principal.kind) {
    case 'person': {
      const { id, sessionId, roles, acr, amr, authenticatedAt, proofs, reach, breakGlass } = principal;
      return {
        ...{ kind: 'person', id, sessionId, roles, acr, amr, authenticatedAt: authenticatedAt.getTime() },
        proofs: instantsOf(proofs),
        ...(reach && { reach }),
        ...(breakGlass && { breakGlass }),
      };
    }
    case 'workload': {
      const { id, credential, scopes } = principal;
      return { kind: 'workload', id, credential: credential.id, ...(scopes && { scopes }) };
    }
    default:
      return principal;
  }
}

function instantsOf(proofs: Readonly<Partial<Record<ProvedLevel, Date>>>): Partial<Record<ProvedLevel, number>> {
  const instants: Partial<Record<ProvedLevel, number>> = {};
  for (const level in proofs) instants[level as ProvedLevel] = proofs[level as ProvedLevel]!.getTime();
  return instants;
}

/** One that has no type is told by an empty word, so that a rule about any still sees it. */
function typesIn(details: Json | undefined): string[] {
  if (details === undefined) return [];
  if (!Array.isArray(details)) return [''];
  const types = details.map((detail: Json) => {
    const type = (detail as { readonly type?: Json } | null)?.type;
    return typeof type === 'string' ? type : '';
  });
  return types.slice(0, MAX_TYPES);
}
