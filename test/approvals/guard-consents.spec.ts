import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { REPOSITORY } from '../harness/build.js';
import type { SignedIn } from '../harness/cast.js';
import { Muster } from '../harness/muster.js';

/** Consent to any request whatever, where the operator's policy asks for it. */

jest.setTimeout(120_000);

const RULE = `
  - name: teams-by-two
    because: In this house a team is made by two humans.
    actions: [team.change, join-token.create]
    when: 'true'
    effect: approve
    approval: { approvers: [administrator], openSeconds: 3600 }
    words: 'Make the team {body.name}.'
`;

interface Told {
  readonly id: string;
  readonly code?: string;
  readonly state?: string;
  readonly access_request?: { readonly id: string; readonly url: string; readonly expires_at: string };
}

let directory: string;
let muster: Muster;
let ada: SignedIn;
let boss: SignedIn;
let eve: SignedIn;
let superuser: Client;
let made = 0;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'muster-policy-'));
  const file = path.join(directory, 'policy.yaml');
  const written = await readFile(path.join(REPOSITORY, 'src/policy/default-policy.yaml'), 'utf8');
  await writeFile(file, written.replace('\nrules:\n', `\nrules:\n${RULE.slice(1)}\n`));
  muster = await Muster.start({ environment: { POLICY_FILE: file } });
  superuser = new Client({ connectionString: muster.database.superuserUrl });
  await superuser.connect();
  ada = await muster.signInAs();
  boss = await muster.signInAs('administrator');
  eve = await muster.signInAs('platform-engineer', 'administrator');
});
afterAll(async () => {
  await superuser?.end();
  await muster?.stop();
  await rm(directory, { recursive: true, force: true });
});

const newName = () => `team-${++made}`;
const make = (by: SignedIn, name: string, headers?: Record<string, string>) =>
  by.visitor.call<Told>('POST', '/v1/teams', { name }, headers);
const decide = (by: SignedIn, id: string, verdict = 'approve') =>
  by.visitor.call<Told>('POST', `/v1/approvals/${id}/decision`, { verdict, reason: 'I know of it.' });
const told = ({ status, body }: { status: number; body: Told }) => [status, body?.code ?? body?.state];

describe('a request that needs consent', () => {
  it('is asked about once, shown exactly, and goes through when somebody else agreed', async () => {
    const name = newName();
    const first = await make(eve, name);
    expect(told(first)).toEqual([403, 'approval_required']);
    const { id, url } = first.body.access_request!;
    expect(url).toBe(`${muster.config.publicUrl}/approvals/${id}`);
    expect((await make(eve, name)).body.access_request!.id).toBe(id);
    const seen = await ada.visitor.get<Record<string, unknown>>(`/v1/approvals/${id}`);
    expect(seen).toMatchObject({
      action: 'team.change',
      requester: eve.id,
      subject: eve.id,
      approvers: ['administrator'],
    });
    expect(seen['summary']).toBe(`Make the team “${name}”.`);
    expect(JSON.parse(seen['payload'] as string)).toMatchObject({ method: 'POST', path: '/v1/teams', body: { name } });
    expect(told(await decide(eve, id))).toEqual([403, 'own_request']);
    expect(told(await decide(ada, id))).toEqual([200, 'approved']);
    expect((await make(eve, name)).status).toBe(201);
  });

  it('goes through once, however many come at once', async () => {
    const name = newName();
    const team = (await make(eve, name)).body.access_request!;
    await decide(ada, team.id);
    const { id: teamId } = (await make(eve, name)).body;
    const [cora, carl] = [await muster.signInAs('custodian'), await muster.signInAs('custodian')];
    const identity = await eve.visitor.post<Told>('/v1/identities', {
      ...{ name: 'bot', kind: 'bot', environment: 'test', teamId, purpose: 'A test.' },
      ...{ primaryCustodianId: cora.id, backupCustodianId: carl.id },
    });
    const join = () => eve.visitor.call<Told>('POST', `/v1/identities/${identity.id}/join-tokens`);
    const { id } = (await join()).body.access_request!;
    expect(await ada.visitor.get(`/v1/approvals/${id}`)).toMatchObject({ subject: identity.id });
    await decide(ada, id);
    const answers = await Promise.all(Array.from({ length: 50 }, join));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== 201).map((answer) => told(answer).join());
    expect(new Set(others)).toEqual(new Set(['409,approval_used']));
  });

  it('is answered again by its Idempotency-Key, and not carried out again', async () => {
    const name = newName();
    const key = { 'idempotency-key': `key-${name}` };
    const { id } = (await make(eve, name, key)).body.access_request!;
    await decide(ada, id);
    const done = await make(eve, name, key);
    expect(done.status).toBe(201);
    expect(await make(eve, name, key)).toMatchObject({ status: 201, body: { id: done.body.id } });
  });

  it.each<[string, (name: string) => Promise<{ status: number; body: Told }>]>([
    ['another body', (name) => make(eve, `${name}-x`)],
    ['another caller', (name) => make(boss, name)],
    ['another path', (name) => eve.visitor.call<Told>('POST', '/v1/teams?x=1', { name })],
  ])('needs another consent with %s', async (_name, otherwise) => {
    const name = newName();
    const { id } = (await make(eve, name)).body.access_request!;
    await decide(ada, id);
    const answer = await otherwise(name);
    expect(answer.status).not.toBe(201);
    expect(answer.body.access_request?.id).not.toBe(id);
  });

  it('is refused once it was denied', async () => {
    const name = newName();
    const { id } = (await make(eve, name)).body.access_request!;
    await decide(ada, id, 'deny');
    expect(told(await make(eve, name))).toEqual([403, 'approval_denied']);
  });

  it('keeps its consent when it fails of something else', async () => {
    const taken = newName();
    const first = (await make(boss, taken)).body.access_request!;
    await decide(ada, first.id);
    const { id } = (await make(eve, taken)).body.access_request!;
    await decide(ada, id);
    expect((await make(boss, taken)).status).toBe(201);
    expect(told(await make(eve, taken))).toEqual([409, 'team_name_taken']);
    expect(await ada.visitor.get(`/v1/approvals/${id}`)).toMatchObject({ state: 'approved', spentAt: null });
  });

  it('is asked about only where it could succeed', async () => {
    expect(told(await make(eve, ''))).toEqual([400, 'request_invalid']);
  });

  it('goes through unasked while its caller has broken the glass, which everything says', async () => {
    const opening = { reason: 'Nobody is here.', roles: ['analyst'], durationSeconds: 600 };
    const { id } = await boss.visitor.post<Told>('/v1/break-glass', opening);
    const { headers, status } = await make(boss, newName());
    expect(status).toBe(201);
    const { rows } = await superuser.query<{ leaf: string }>(
      `SELECT leaf FROM audit.records WHERE leaf::jsonb ->> 'request' = $1`,
      [headers['x-request-id']],
    );
    expect((JSON.parse(rows[0]!.leaf) as { decision: { reasons: string[] } }).decision.reasons).toContain(
      `break-glass:${id}`,
    );
  });
});
