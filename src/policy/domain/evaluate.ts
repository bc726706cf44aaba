import {
  type ApprovalRequirement,
  type Decision,
  LEVELS,
  type ProvedLevel,
  reaches,
  type StepUpRequirement,
} from '../../kernel/index.js';
import { holds, viewOf } from './condition.js';
import type { PolicyInput, PolicySubject } from './input.js';
import type { ActionPolicy, Policy } from './policy.js';

/** How far the clock of the replica that took a proof may be ahead. */
const SKEW_MS = 5_000;

type Person = Extract<PolicySubject, { kind: 'person' }>;

/**
 * Decides. The same policy gives the same answer to the same input, always (P14).
 *
 * A denial comes before a want of consent, that before a want of proof, and all before permission, so that another rule
 * never permits more. Whatever is not known, or could not be worked out, is denied (P13).
 */
export function evaluate(policy: Policy, input: PolicyInput): Decision {
  const action = policy.actions.get(input.action);
  if (!action) return answer(policy, 'deny', ['action:unknown']);
  const granted = grantOf(action, input.subject);
  if (!granted.held) return answer(policy, 'deny', [granted.reason]);
  const reasons = [granted.reason];
  const wants = wantsOf(action, input);
  if (wants.denials.length > 0) return answer(policy, 'deny', wants.denials);
  const { subject } = input;
  if (wants.requirement && subject.kind !== 'person') return answer(policy, 'deny', ['step-up:person-required']);
  const lent = subject.kind === 'person' ? subject.breakGlass : undefined;
  const passed = wants.approval && (input.evidence.consent ?? lent?.id);
  if (wants.approval && passed === undefined)
    return { ...answer(policy, 'approve', [...reasons, ...wants.reasons]), approval: wants.approval };
  if (wants.requirement && subject.kind === 'person') {
    const met = metBy(wants.requirement, input, subject);
    if (!met) {
      const needs = `needs:${wants.requirement.acr}`;
      return { ...answer(policy, 'step-up', [...reasons, ...wants.reasons, needs]), requirement: wants.requirement };
    }
    reasons.push(...met);
  }
  reasons.push(...wants.reasons);
  if (passed !== undefined && input.evidence.consent) reasons.push(`consent:${input.evidence.consent}`);
  // All that is done meanwhile names it: rules over the thing itself count roles that were lent too.
  if (lent) reasons.push(`break-glass:${lent.id}`);
  return answer(policy, 'allow', reasons);
}

interface Grant {
  readonly held: boolean;
  readonly reason: string;
}

function grantOf({ grantees }: ActionPolicy, subject: PolicySubject): Grant {
  switch (subject.kind) {
    case 'person':
      return grantOfPerson(grantees, subject);
    case 'workload':
      return { held: grantees.has('workload'), reason: 'kind:workload' };
    case 'system':
      return { held: false, reason: 'kind:system' };
    case 'anonymous':
      return { held: false, reason: 'kind:anonymous' };
    default:
      return { held: false, reason: 'kind:unknown' };
  }
}

function grantOfPerson(grantees: ActionPolicy['grantees'], { roles, breakGlass }: Person): Grant {
  for (const role of roles) if (grantees.has(role)) return { held: true, reason: `role:${role}` };
  for (const role of breakGlass?.roles ?? []) if (grantees.has(role)) return { held: true, reason: `role:${role}` };
  return { held: false, reason: 'role:missing' };
}

interface Wants {
  readonly denials: string[];
  readonly reasons: string[];
  approval: ApprovalRequirement | undefined;
  requirement: StepUpRequirement | undefined;
}

/** Everything that the action and the rules about it want. Every rule is asked: none shadows another. */
function wantsOf(action: ActionPolicy, input: PolicyInput): Wants {
  const wants: Wants = { denials: [], reasons: [], approval: undefined, requirement: action.requirement };
  if (action.rules.length === 0) return wants;
  const view = viewOf(input);
  for (const rule of action.rules) {
    const held = holds(rule.when, view);
    if (held === 'error') wants.denials.push(`${rule.reason}:failed`);
    if (held !== true) continue;
    if (rule.effect === 'deny') wants.denials.push(rule.reason);
    else wants.reasons.push(rule.reason);
    if (rule.effect === 'approve') wants.approval = both(wants.approval, rule.approval);
    if (rule.effect === 'step-up') wants.requirement = stronger(wants.requirement, rule.requirement);
  }
  return wants;
}

/** What satisfies both: the higher level, the fresher proof, and bound where either is. */
function stronger(one: StepUpRequirement | undefined, other: StepUpRequirement): StepUpRequirement {
  if (!one) return other;
  return {
    acr: reaches(one.acr, other.acr) ? one.acr : other.acr,
    maxAgeSeconds: Math.min(one.maxAgeSeconds, other.maxAgeSeconds),
    bound: one.bound || other.bound,
    words: one.words,
  };
}

/** Consent of somebody whom both accept; where there is nobody, nobody can give it. */
function both(one: ApprovalRequirement | undefined, other: ApprovalRequirement): ApprovalRequirement {
  if (!one) return other;
  return {
    approvers: one.approvers.filter((approver) => other.approvers.includes(approver)),
    expiresSeconds: Math.min(one.expiresSeconds, other.expiresSeconds),
    words: one.words,
  };
}

/** The reasons for which a requirement is met; undefined where it is not. */
function metBy(requirement: StepUpRequirement, input: PolicyInput, person: Person): string[] | undefined {
  const { stepUp } = input.evidence;
  if (stepUp && reaches(stepUp.acr, requirement.acr)) return [`acr:${stepUp.acr}`, `step-up:${stepUp.id}`];
  if (requirement.bound) return undefined;
  const level = LEVELS.slice(LEVELS.indexOf(requirement.acr)).find((acr) => {
    const provedAt = person.proofs[acr as ProvedLevel];
    if (provedAt === undefined) return false;
    const age = input.context.at - provedAt;
    return age < requirement.maxAgeSeconds * 1000 && age >= -SKEW_MS;
  });
  return level && [`acr:${level}`];
}

function answer({ name }: Policy, effect: Decision['effect'], reasons: readonly string[]): Decision {
  return { effect, reasons, policy: name };
}
