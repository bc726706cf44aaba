import { createHash } from 'node:crypto';
import type { ApprovalRequirement, Role, StepUpRequirement } from '../../kernel/index.js';
import type { Condition } from './condition.js';
import { parsePolicy, type PolicyFile, type RuleFile } from './policy-file.js';

/** Everyone who may do something by role, or `workload` for machine identities that authenticated over mTLS. */
export type Grantee = Role | 'workload';

/** What always or sometimes comes before an action. */
export type Rule = { readonly reason: string; readonly when: Condition } & (
  | { readonly effect: 'deny' }
  | { readonly effect: 'step-up'; readonly requirement: StepUpRequirement }
  | { readonly effect: 'approve'; readonly approval: ApprovalRequirement }
);

/** One action, with everything that concerns it found beforehand. */
export interface ActionPolicy {
  readonly grantees: ReadonlySet<Grantee>;
  readonly requirement: StepUpRequirement | undefined;
  readonly rules: readonly Rule[];
}

/** A policy that can be asked. */
export interface Policy {
  /** What records name it by: its own name and the first 16 hexadecimal digits of its digest. */
  readonly name: string;
  readonly sha256: Buffer;
  /** Exactly as it was written. */
  readonly text: string;
  readonly actions: ReadonlyMap<string, ActionPolicy>;
}

/**
 * Makes a policy out of its text (`docs/adr/0004-policy-file.md`).
 *
 * @param known every action there is; undefined takes those that the text names
 * @throws PolicyError `policy_invalid`, naming every mistake with its line
 */
export function compilePolicy(text: string, known?: ReadonlySet<string>): Policy {
  const file = parsePolicy(text, known);
  const sha256 = createHash('sha256').update(text).digest();
  return {
    name: `${file.policy}@sha256:${sha256.toString('hex', 0, 8)}`,
    sha256,
    text,
    actions: new Map(Object.keys(file.actions).map((action) => [action, actionOf(file, action)])),
  };
}

function actionOf(file: PolicyFile, action: string): ActionPolicy {
  const { grantees, stepUp, words } = file.actions[action]!;
  return {
    grantees: new Set(grantees.flatMap((name) => file.groups[name] ?? [name as Grantee])),
    requirement: stepUp && requirementOf(stepUp, words),
    rules: file.rules.filter(({ actions }) => actions.includes(action)).map((rule) => ruleOf(rule, words)),
  };
}

function ruleOf(rule: RuleFile, words: string): Rule {
  const told = { reason: `rule:${rule.name}`, when: rule.when };
  const said = rule.words ?? words;
  switch (rule.effect) {
    case 'deny':
      return { ...told, effect: 'deny' };
    case 'step-up':
      return { ...told, effect: 'step-up', requirement: requirementOf(rule.stepUp!, said) };
    case 'approve': {
      const { approvers, openSeconds } = rule.approval!;
      return { ...told, effect: 'approve', approval: { approvers, expiresSeconds: openSeconds, words: said } };
    }
  }
}

function requirementOf(
  { acr, freshSeconds, bound }: NonNullable<RuleFile['stepUp']>,
  words: string,
): StepUpRequirement {
  return { acr, maxAgeSeconds: freshSeconds, bound, words };
}
