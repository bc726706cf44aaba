import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Decision } from '../../src/kernel/index.js';
import { DecisionLog } from '../../src/policy/decision-log.js';
import type { KeptDecision } from '../../src/policy/decisions.repository.js';
import type { PolicyInput } from '../../src/policy/domain/input.js';
import { Replay } from '../../src/policy/replay.js';
import { Muster } from '../harness/muster.js';
import { type Case, CASES, nameOf, operationOf, Scene, Search, send } from './cases/index.js';

jest.setTimeout(300_000);

const UNTIRING = {
  RATE_LIMIT_FAILURES_PER_MINUTE: '1000000',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
};
const DEFAULT_POLICY = path.join(import.meta.dirname, '../../src/policy/default-policy.yaml');

/** A word of ours on top of the default: nobody reads teams on any day of the week. */
const A_RULE_MORE = `
  - name: no-teams
    because: So that this policy decides otherwise.
    actions: [team.read]
    when: context.weekday >= 1
    effect: deny
`;

interface Row extends KeptDecision {
  readonly text: string;
}

let muster: Muster;
let scene: Scene;

beforeAll(async () => {
  muster = await Muster.start({ environment: UNTIRING });
  const administrator = await muster.signInAs();
  scene = await Scene.open({ place: muster, administrator, superuserUrl: muster.database.superuserUrl });
  await scene.settle();
  await runMatrix();
});
afterAll(async () => {
  await scene?.close();
  await muster?.stop();
});

/** Routes that somebody decides about. */
const GUARDED = CASES.filter((one) => operationOf(one)['x-muster-action'] !== 'public');

/** One for each thing that is decided about: routes of one action are asked the same question. */
const ASKED = GUARDED.filter((one, at) => {
  const actionOf = (other: Case) => operationOf(other)['x-muster-action'];
  return GUARDED.findIndex((other) => actionOf(other) === actionOf(one)) === at;
});

/** Each of them as it is called rightly, and by others than those who may. */
async function runMatrix(): Promise<void> {
  for (const one of ASKED) {
    const ready = await one.prepare(scene);
    const ends = operationOf(one)['x-muster-action'] === 'session.end';
    if (operationOf(one)['x-muster-listener'] === 'open' && !ends)
      for (const by of [scene.analyst, scene.engineer, scene.auditor])
        await send(one, ready, { by: by.visitor.plain(), body: {} });
    await send(one, ready);
    scene.secrets.keep(`what ${nameOf(one)} was told`, JSON.stringify(ready.body ?? nameOf(one)));
  }
}

async function decisions(): Promise<Row[]> {
  await muster.get(DecisionLog).flush();
  const { rows } = await scene.superuser.query<{
    id: KeptDecision['id'];
    at: Date;
    request_id: string | null;
    question: string;
    decision: string;
  }>('SELECT id, at, request_id, question, decision FROM muster.decisions ORDER BY id');
  return rows.map(({ id, at, request_id: requestId, question, decision }) => ({
    ...{ id, at, requestId, text: `${question} ${decision}` },
    input: JSON.parse(question) as PolicyInput,
    decision: JSON.parse(decision) as Decision,
  }));
}

async function othersThan(replay: Replay, made: readonly KeptDecision[]): Promise<KeptDecision[]> {
  const other: KeptDecision[] = [];
  for (const one of made) if (!(await replay.same(one))) other.push(one);
  return other;
}

describe('the decisions about every action (P14)', () => {
  let made: Row[];
  beforeAll(async () => {
    made = await decisions();
  });

  it('were written down, with every effect there is', () => {
    expect(made.length).toBeGreaterThan(3 * ASKED.length);
    expect(muster.get(DecisionLog).dropped).toBe(0);
    expect(new Set(made.map(({ decision }) => decision.effect))).toEqual(
      new Set(['allow', 'approve', 'deny', 'step-up']),
    );
    const asked = new Set(made.map(({ input }) => input.action));
    const actions = GUARDED.map((one) => operationOf(one)['x-muster-action']);
    expect([...new Set(actions)].filter((action) => !asked.has(action))).toEqual([]);
  });

  it('are the same again, each by the policy that made it', async () => {
    expect(await othersThan(muster.get(Replay), made)).toEqual([]);
  });

  it('are not the same again of another question, so that the comparison says something', async () => {
    const allowed = made.filter(
      ({ decision, input }) => decision.effect === 'allow' && input.subject.kind === 'person',
    );
    const stripped = allowed.map((one) => ({
      ...one,
      input: { ...one.input, subject: { ...one.input.subject, roles: [] } } as PolicyInput,
    }));
    expect(await othersThan(muster.get(Replay), stripped)).toHaveLength(allowed.length);
  });

  it('are those that stand in the records of what they allowed', async () => {
    const { rows } = await scene.superuser.query<{ request: string; decision: Decision }>(
      `SELECT leaf::jsonb ->> 'request' AS request, leaf::jsonb -> 'decision' AS decision FROM audit.records
        WHERE leaf::jsonb ->> 'actor' LIKE 'per_%'`,
    );
    const kept = new Map(made.map(({ requestId, decision }) => [requestId, decision]));
    const common = rows.filter(({ request }) => kept.has(request));
    expect(common.length).toBeGreaterThan(100);
    for (const { request, decision } of common) {
      const { effect, reasons, policy } = kept.get(request)!;
      expect(decision).toEqual({ effect, reasons, policy });
    }
  });

  it('hold nothing of what was sent: no name, no address, no secret, no body', () => {
    const search = new Search(scene.secrets.all);
    expect(made.flatMap(({ text }) => search.in(Buffer.from(text)))).toEqual([]);
  });

  it('are read by auditors, page by page, with the text of the policy', async () => {
    const page = await scene.auditor.visitor.get<{ items: { id: string; policy: string }[]; nextCursor: string }>(
      '/v1/decisions?limit=3&effect=deny',
    );
    expect(page.items).toHaveLength(3);
    const next = await scene.auditor.visitor.get<typeof page>(
      `/v1/decisions?limit=3&effect=deny&cursor=${page.nextCursor}`,
    );
    expect(next.items[0]!.id < page.items[2]!.id).toBe(true);
    const policy = await scene.custodian.visitor.get<{ name: string; text: string }>('/v1/policy');
    expect(page.items[0]!.policy).toBe(policy.name);
    expect(policy.text).toBe(await readFile(DEFAULT_POLICY, 'utf8'));
  });
});

describe('a replica with another policy (P14)', () => {
  let other: Muster;
  beforeAll(async () => {
    const file = path.join(muster.home.data, 'policy.yaml');
    await writeFile(file, `${await readFile(DEFAULT_POLICY, 'utf8')}${A_RULE_MORE}`);
    other = await Muster.start({ beside: muster, environment: { ...UNTIRING, POLICY_FILE: file } });
  });
  afterAll(() => other?.stop());

  it('decides by it, and decides all that is past as it was decided then', async () => {
    const { token } = scene.custodian;
    const asked = await other.visitor({ token }).call<{ reasons: string[] }>('GET', '/v1/teams');
    expect([asked.status, asked.body.reasons]).toEqual([403, ['rule:no-teams']]);
    expect((await scene.custodian.visitor.call('GET', '/v1/teams')).status).toBe(200);
    await other.get(DecisionLog).flush();
    const made = await decisions();
    expect(new Set(made.map(({ decision }) => decision.policy)).size).toBe(2);
    for (const replica of [muster, other]) expect(await othersThan(replica.get(Replay), made)).toEqual([]);
  });
});
