import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Decision, LEVELS, type ProvedLevel, type Role, ROLES } from '../../kernel/index.js';
import { evaluate } from './evaluate.js';
import type { PolicyInput, PolicySubject } from './input.js';
import { compilePolicy, type Policy } from './policy.js';

const AT = Date.UTC(2026, 10, 21, 18, 30);
const STEP_UP = 'stu_0192f0c1a2b37c4d8e5f60718293a4b5';
const CONSENT = 'apr_0192f0c1a2b37c4d8e5f60718293a4b5';
const EMERGENCY = 'bgl_0192f0c1a2b37c4d8e5f60718293a4b5';

type Person = Extract<PolicySubject, { kind: 'person' }>;

function person(roles: readonly Role[], changed: Partial<Person> = {}): Person {
  const id = 'per_0192f0c1a2b37c4d8e5f60718293a4b5';
  const sessionId = 'ses_0192f0c1a2b37c4d8e5f60718293a4b5';
  const begun = { acr: 'loa1', amr: [], authenticatedAt: AT - 60_000, proofs: {} } as const;
  return { kind: 'person', id, sessionId, roles, ...begun, ...changed };
}

const WORKLOAD: PolicySubject = { kind: 'workload', id: 'mid_1', credential: 'crt_1' };

function input(subject: PolicySubject, action: string, changed: Partial<PolicyInput> = {}): PolicyInput {
  const context = { at: AT, authorizationDetailTypes: [] };
  return { subject, action, resource: {}, context, evidence: {}, ...changed };
}

const shown = (acr: ProvedLevel): Partial<PolicyInput> => ({
  evidence: { stepUp: { id: STEP_UP, acr, provedAt: AT } },
});

const ACTIONS = `
policy: house
groups: { all: [administrator, custodian] }
actions:
  thing.read: { grantees: [all], words: Read it. }
  thing.write:
    grantees: [custodian]
    stepUp: { acr: loa2, freshSeconds: 300, bound: false }
    words: Write it.
  thing.burn:
    grantees: [administrator]
    stepUp: { acr: loa3, freshSeconds: 300, bound: true }
    words: 'Burn {id}.'
  robot.run: { grantees: [workload, custodian], words: Run. }
`;

function house(...rules: string[]): Policy {
  return compilePolicy(
    `${ACTIONS}rules:${rules.length === 0 ? ' []' : rules.map((rule) => `\n  - ${rule}`).join('')}\n`,
  );
}

const rule = (effect: string, when: string, name = 'r', actions = 'thing.read, thing.write, robot.run') =>
  `{ name: ${name}, because: It is so., actions: [${actions}], when: '${when}', ${effect} }`;
const DENY = 'effect: deny';
const STEP = 'effect: step-up, stepUp: { acr: loa3, freshSeconds: 60, bound: false }';
const ASK = 'effect: approve, approval: { approvers: [administrator], openSeconds: 60 }';

describe('who may', () => {
  it('is whoever holds a role that is named, and the answer says which', () => {
    expect(evaluate(house(), input(person(['analyst', 'custodian']), 'thing.read'))).toEqual({
      effect: 'allow',
      reasons: ['role:custodian'],
      policy: expect.stringMatching(/^house@sha256:[0-9a-f]{16}$/),
    });
  });

  it.each<[string, PolicySubject, string, string]>([
    ['a person without the role', person(['auditor']), 'thing.read', 'role:missing'],
    ['a person without any role', person([]), 'thing.read', 'role:missing'],
    ['a workload asking for what people do', WORKLOAD, 'thing.read', 'kind:workload'],
    ['nobody', { kind: 'anonymous' }, 'thing.read', 'kind:anonymous'],
    ['the service itself', { kind: 'system', component: 'x' }, 'thing.read', 'kind:system'],
    ['a kind of caller that nobody defined', { kind: 'ghost' } as never, 'thing.read', 'kind:unknown'],
    ['anybody asking for what is not named', person(ROLES), 'thing.sell', 'action:unknown'],
  ])('is not %s', (_who, subject, action, reason) => {
    expect(evaluate(house(), input(subject, action))).toMatchObject({ effect: 'deny', reasons: [reason] });
  });

  it('is nobody for what has a name that every object has (P13)', () => {
    for (const action of ['__proto__', 'constructor', 'toString', ''])
      expect(evaluate(house(), input(person(ROLES), action)).effect).toBe('deny');
  });

  it('is, in an emergency, whoever was lent the role, and every answer meanwhile names the emergency', () => {
    const breakGlass = { id: EMERGENCY, roles: ['custodian'] } as const;
    const lent = evaluate(house(), input(person(['auditor'], { breakGlass }), 'thing.read'));
    expect(lent).toMatchObject({ effect: 'allow', reasons: ['role:custodian', `break-glass:${EMERGENCY}`] });
    const own = evaluate(house(), input(person(['custodian'], { breakGlass }), 'thing.read'));
    expect(own.reasons).toEqual(['role:custodian', `break-glass:${EMERGENCY}`]);
  });
});

describe('a proof of presence', () => {
  const write = (proofs: Partial<Record<ProvedLevel, number>>) =>
    evaluate(house(), input(person(['custodian'], { proofs, acr: 'loa4' }), 'thing.write'));

  it('is asked for where there is none, however high the session ever was', () => {
    expect(write({})).toMatchObject({
      effect: 'step-up',
      reasons: ['role:custodian', 'needs:loa2'],
      requirement: { acr: 'loa2', maxAgeSeconds: 300, bound: false, words: 'Write it.' },
    });
  });

  it.each<[string, Partial<Record<ProvedLevel, number>>, Decision['effect']]>([
    ['of the level and fresh', { loa2: AT - 1000 }, 'allow'],
    ['of a higher level and fresh', { loa4: AT - 1000 }, 'allow'],
    ['of a lower level', { loa1c: AT - 1000 }, 'step-up'],
    ['a moment too old', { loa2: AT - 300_000 }, 'step-up'],
    ['just in time', { loa2: AT - 299_999 }, 'allow'],
    ['a little ahead, by another clock', { loa2: AT + 4_000 }, 'allow'],
    ['from the future', { loa2: AT + 6_000 }, 'step-up'],
    ['fresh of a lower level and old of a higher', { loa1c: AT, loa3: AT - 900_000 }, 'step-up'],
  ])('%s: %s', (_what, proofs, effect) => {
    expect(write(proofs).effect).toBe(effect);
  });

  it('that is bound is made for the request, and no proof of the session will do', () => {
    const burn = (changed: Partial<PolicyInput> = {}) =>
      evaluate(house(), input(person(['administrator'], { proofs: { loa4: AT } }), 'thing.burn', changed));
    expect(burn()).toMatchObject({ effect: 'step-up', requirement: { acr: 'loa3', bound: true } });
    expect(burn(shown('loa2')).effect).toBe('step-up');
    expect(burn(shown('loa3'))).toMatchObject({
      effect: 'allow',
      reasons: ['role:administrator', 'acr:loa3', `step-up:${STEP_UP}`],
    });
  });

  it('gives nobody a role', () => {
    expect(evaluate(house(), input(person(['custodian']), 'thing.burn', shown('loa4'))).effect).toBe('deny');
  });

  it('is nothing that a workload has: what asks one of it denies it', () => {
    expect(evaluate(house(rule(STEP, 'true')), input(WORKLOAD, 'robot.run'))).toMatchObject({
      effect: 'deny',
      reasons: ['step-up:person-required'],
    });
  });
});

describe('rules', () => {
  const ask = (policy: Policy, changed: Partial<PolicyInput> = {}, proofs: Partial<Record<ProvedLevel, number>> = {}) =>
    evaluate(policy, input(person(['custodian'], { proofs }), 'thing.read', changed));

  it('count only where their condition holds', () => {
    expect(ask(house(rule(DENY, 'subject.id == "somebody else"'))).effect).toBe('allow');
    expect(ask(house(rule(DENY, '"custodian" in subject.roles')))).toMatchObject({
      effect: 'deny',
      reasons: ['rule:r'],
    });
  });

  it('come in the order deny, approve, step-up, allow, whatever their order in the file', () => {
    const [deny, step, approve] = [rule(DENY, 'true', 'd'), rule(STEP, 'true', 's'), rule(ASK, 'true', 'a')];
    expect(ask(house(step, approve, deny)).effect).toBe('deny');
    expect(ask(house(step, approve))).toMatchObject({
      effect: 'approve',
      reasons: ['role:custodian', 'rule:s', 'rule:a'],
    });
    expect(ask(house(step, approve), { evidence: { consent: CONSENT } }).effect).toBe('step-up');
    expect(ask(house(step, approve), { evidence: { consent: CONSENT } }, { loa3: AT })).toMatchObject({
      effect: 'allow',
      reasons: ['role:custodian', 'acr:loa3', 'rule:s', 'rule:a', `consent:${CONSENT}`],
    });
  });

  it('let an emergency pass where consent is wanted, and say so; never where they deny', () => {
    const lent = person(['custodian'], { breakGlass: { id: EMERGENCY, roles: [] } });
    const passed = evaluate(house(rule(ASK, 'true')), input(lent, 'thing.read'));
    expect(passed).toMatchObject({
      effect: 'allow',
      reasons: ['role:custodian', 'rule:r', `break-glass:${EMERGENCY}`],
    });
    expect(evaluate(house(rule(DENY, 'true')), input(lent, 'thing.read')).effect).toBe('deny');
  });

  it('want together what satisfies each: the higher level, the fresher proof, bound where either is', () => {
    const bound = 'effect: step-up, stepUp: { acr: loa2, freshSeconds: 30, bound: true }';
    expect(ask(house(rule(STEP, 'true', 'a'), rule(bound, 'true', 'b'))).requirement).toMatchObject({
      acr: 'loa3',
      maxAgeSeconds: 30,
      bound: true,
    });
    const others = 'effect: approve, approval: { approvers: [auditor, administrator], openSeconds: 30 }';
    expect(ask(house(rule(ASK, 'true', 'a'), rule(others, 'true', 'b'))).approval).toMatchObject({
      approvers: ['administrator'],
      expiresSeconds: 30,
    });
  });

  it.each([
    ['throws', 'int(subject.id) > 0'],
    ['asks for a part of the path that is not there', 'resource.path["team"] == "x"'],
    ['divides by nothing', '1 / (size(subject.roles) - 1) > 0'],
  ])('deny where their condition %s (P13)', (_how, when) => {
    expect(ask(house(rule(STEP, when)))).toMatchObject({ effect: 'deny', reasons: ['rule:r:failed'] });
  });

  it.each([
    ['the hour of the day, UTC', 'context.hour == 18'],
    ['the day of the week, Monday first', 'context.weekday == 6'],
    ['how long ago somebody signed in', 'subject.signedInSeconds == 60'],
    ['what it is about', 'resource.kind == "mid" && resource.id == "mid_1" && resource.path["id"] == "mid_1"'],
    ['what is done', 'action.name == "thing.read" && action.name.startsWith("thing.")'],
    ['who asks', 'subject.kind == "person" && subject.roles.exists(r, r == "custodian") && !subject.breakGlass'],
    ['what they could prove', 'subject.reach == "" && subject.acr == "loa1" && size(subject.amr) == 0'],
    ['what is wanted of a token', 'size(context.authorizationDetailTypes) == 0'],
  ])('see %s', (_what, when) => {
    expect(ask(house(rule(DENY, when)), { resource: { id: 'mid_1' } }).effect).toBe('deny');
  });
});

describe('for any policy and any question', () => {
  /** Each makes a policy or two. */
  const RUNS = { numRuns: 40 };
  const STRENGTH = ['allow', 'step-up', 'approve', 'deny'];
  const rules = fc.array(
    fc.tuple(
      fc.constantFrom(DENY, STEP, ASK, STEP.replace('loa3', 'loa2'), STEP.replace('false', 'true')),
      fc.constantFrom('true', 'false', 'context.hour > 12', 'subject.kind == "workload"', 'int(subject.id) > 0'),
    ),
    { maxLength: 4 },
  );
  const proofs = fc.record(
    Object.fromEntries(LEVELS.slice(1).map((level) => [level, fc.integer({ min: AT - 600_000, max: AT + 10_000 })])),
    { requiredKeys: [] },
  );
  const subjects = fc.oneof(
    fc.tuple(fc.subarray([...ROLES]), proofs).map(([roles, proved]) => person(roles, { proofs: proved })),
    fc.constant(WORKLOAD),
  );
  const questions = fc.record({
    subject: subjects,
    action: fc.constantFrom('thing.read', 'thing.write', 'thing.burn', 'robot.run', 'thing.sell'),
    evidence: fc.constantFrom({}, { consent: CONSENT } as const, shown('loa3').evidence!),
  });
  const named = (given: readonly (readonly [string, string])[]) =>
    house(...given.map(([effect, when], at) => rule(effect, when, `r${at}`)));

  it('another rule never permits more', () => {
    fc.assert(
      fc.property(rules, rules, questions, (some, more, { subject, action, evidence }) => {
        const asked = input(subject, action, { evidence });
        const before = evaluate(named(some), asked).effect;
        const after = evaluate(named([...some, ...more]), asked).effect;
        expect(STRENGTH.indexOf(after)).toBeGreaterThanOrEqual(STRENGTH.indexOf(before));
      }),
      RUNS,
    );
  });

  it('a fresh proof of a higher level never permits less', () => {
    fc.assert(
      fc.property(rules, questions, (some, { subject, action, evidence }) => {
        fc.pre(subject.kind === 'person');
        const policy = named(some);
        const before = evaluate(policy, input(subject, action, { evidence })).effect;
        const proved = { ...subject, proofs: { ...subject.proofs, loa4: AT } };
        const after = evaluate(policy, input(proved, action, { evidence })).effect;
        expect(STRENGTH.indexOf(after)).toBeLessThanOrEqual(STRENGTH.indexOf(before));
      }),
      RUNS,
    );
  });

  it('the answer is the same again from what is written down of it (P14)', () => {
    fc.assert(
      fc.property(rules, questions, (some, { subject, action, evidence }) => {
        const policy = named(some);
        const asked = input(subject, action, { evidence });
        const written = JSON.parse(JSON.stringify(asked)) as PolicyInput;
        expect(evaluate(compilePolicy(policy.text), written)).toEqual(evaluate(policy, asked));
      }),
      RUNS,
    );
  });
});
