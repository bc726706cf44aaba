import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type Case,
  expectStatus,
  nameOf,
  operationOf,
  ordinaryCases,
  type Ready,
  Scene,
  send,
  takesForm,
} from './cases/index.js';
import {
  inTurns,
  isConditional,
  type Malformed,
  malformedBodies,
  malformedPaths,
  malformedQueries,
} from './cases/malformed.js';
import { refusedByShape } from './cases/shape.js';
import { stateOf } from './cases/state.js';
import { DecisionPoint } from '../../src/platform/index.js';
import { everybodyIsPresent } from '../harness/always-present.js';
import { everybodyIsBelieved } from '../harness/believed-provider.js';
import { Muster } from '../harness/muster.js';
import type { Reply } from '../harness/visitor.js';

jest.setTimeout(300_000);

const UNTIRING = { RATE_LIMIT_FAILURES_PER_MINUTE: '1000000', RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000' };
const TALKATIVE = { ...UNTIRING, LOG_LEVEL: 'trace' };
const CODE = /^[a-z][a-z0-9_]{2,60}$/;

let muster: Muster;
let scene: Scene;
/** What was wrong with a request may hold secrets: every refusal of one, and every line that the service wrote. */
const refusals: Buffer[] = [];
const lines: string[] = [];

beforeAll(async () => {
  muster = await Muster.start({ environment: TALKATIVE, logTo: { write: (line) => lines.push(line) } });
  everybodyIsPresent(muster);
  everybodyIsBelieved(muster);
  const administrator = await muster.signInAs();
  scene = await Scene.open({ place: muster, administrator, superuserUrl: muster.database.superuserUrl });
  await scene.settle();
});
afterAll(async () => {
  await scene?.close();
  await muster?.stop();
});

const ORDINARY = ordinaryCases();
const named = (cases: readonly Case[]) => cases.map((one) => [nameOf(one), one] as const);
const OPEN = ORDINARY.filter((one) => operationOf(one)['x-muster-listener'] === 'open');
const MUTUAL = ORDINARY.filter((one) => operationOf(one)['x-muster-listener'] === 'mutual');
const GUARDED = ORDINARY.filter((one) => operationOf(one)['x-muster-action'] !== 'public');

const refusedOnly = new Map<Case, Promise<Ready>>();

/** Prepared once for all that is refused, and so changes nothing. */
function prepared(one: Case): Promise<Ready> {
  const ready = refusedOnly.get(one) ?? one.prepare(scene);
  refusedOnly.set(one, ready);
  return ready;
}

/** What was called rightly already: enough for whoever is refused whatever they ask for. */
const called = new Map<Case, Ready>();
const anyOf = async (one: Case) => called.get(one) ?? prepared(one);

/** The code of a refusal, in whichever of the two forms the route refuses. */
function codeOf(one: Case, reply: Reply): unknown {
  const body = reply.body as { code?: unknown; error?: unknown } | undefined;
  return takesForm(one) ? (body?.code ?? body?.error) : body?.code;
}

/** Describes what was wrong with an answer to something malformed; undefined when it was refused as it should be. */
function complaint(one: Case, { what, codes }: Malformed, reply: Reply): string | undefined {
  const code = codeOf(one, reply);
  const clear = reply.status >= 400 && reply.status < 500 && typeof code === 'string' && CODE.test(code);
  const form = takesForm(one) || /^application\/problem\+json/.test(reply.headers['content-type'] ?? '');
  const fitting = codes === undefined || takesForm(one) || codes.includes(code as string);
  if (clear && form && fitting) return undefined;
  return `${nameOf(one)} with ${what}: ${reply.status} ${reply.bytes.toString('utf8').slice(0, 300)}`;
}

/** Of what its schema refuses each route is sent the first body and the first query, and one in so many in turns; all else is sent. */
const SENT_OF_SHAPES = 8;
let sent = 0;

async function complaintsOf(one: Case, ready: Ready, malformed: readonly Malformed[]): Promise<string[]> {
  const complaints: string[] = [];
  const told = { body: 0, query: 0 };
  for (const wrong of malformed) {
    const refusal = await refusedByShape(one, wrong);
    if (refusal) {
      refusals.push(refusal);
      const kind = 'body' in wrong.otherwise ? 'body' : 'query';
      const isSent = told[kind] === 0 || (told[kind] + ORDINARY.indexOf(one)) % SENT_OF_SHAPES === 0;
      told[kind] += 1;
      if (!isSent) continue;
    }
    sent += 1;
    const reply = await send(one, ready, wrong.otherwise);
    refusals.push(reply.bytes);
    const found = complaint(one, wrong, reply);
    if (found !== undefined) complaints.push(found);
  }
  return complaints;
}

describe('a malformed request (P13)', () => {
  it.each(named(ORDINARY))('%s gets a clear 4xx and changes nothing, whatever is wrong with it', async (_name, one) => {
    const ready = await one.prepare(scene);
    const all = [...malformedBodies(one, ready), ...malformedPaths(one, ready), ...malformedQueries(one, ready)];
    const malformed = inTurns(all, ORDINARY.indexOf(one));
    const before = await stateOf(scene.superuser);
    expect(await complaintsOf(one, ready, malformed)).toEqual([]);
    expect(await stateOf(scene.superuser)).toEqual(before);
    expectStatus(await send(one, ready), one.status);
    called.set(one, ready);
  });

  it('is neither repeated to whoever sent it nor written down, as far as it is secret (P9)', () => {
    expect(refusals.length).toBeGreaterThan(5000);
    expect(sent).toBeGreaterThan(2000);
    expect(scene.secrets.in(Buffer.concat(refusals))).toEqual([]);
    expect(lines.some((line) => line.includes('"level":"debug"'))).toBe(true);
    expect(scene.secrets.in(Buffer.from(lines.join('')))).toEqual([]);
  });

  it.each(named(ORDINARY.filter(isConditional)))(
    '%s needs the version that the caller last saw',
    async (_name, one) => {
      const { version, ...ready } = await one.prepare(scene);
      const sent = async (header?: string) => {
        const reply = await send(one, ready, { headers: header === undefined ? {} : { 'if-match': header } });
        return [reply.status, codeOf(one, reply)];
      };
      expect(await sent()).toEqual([428, 'precondition_required']);
      for (const header of ['*', '3', '"3"', 'W/"v1"', '"v1", "v2"', '"v-1"', '"v99999999999"', ''])
        expect([header, ...(await sent(header))]).toEqual([header, 400, 'if_match_invalid']);
      expect(await sent(`"v${version! + 1}"`)).toEqual([412, 'version_conflict']);
      expectStatus(await send(one, { ...ready, version: version! }), one.status);
    },
  );

  it.each([
    ['GET', '/v1/nothing'],
    ['PUT', '/v1/me'],
    ['TRACE', '/v1/me'],
    ['POST', '/'],
    ['GET', '/v1//me'],
    ['GET', '/v1/me/'],
    ['POST', '/V1/ME'],
    ['GET', '/v1/%2e%2e/me'],
    ['OPTIONS', '/v1/me'],
  ])('%s %s is nowhere', async (method, path) => {
    const reply = await scene.custodian.visitor.call(method, path);
    expect([reply.status, (reply.body as { code: string }).code]).toEqual([404, 'route_not_found']);
  });
});

describe('an unknown id (P13)', () => {
  // Where somebody else is asked first, nobody has looked yet whether there is such a thing.
  const WITH_ID = ORDINARY.filter(({ route, status }) => route.includes('{id}') && status !== 403);

  it.each(named(WITH_ID))('%s says that there is no such thing, 404', async (_name, one) => {
    // Whoever ended their own session is nobody any more.
    const ready = await (one.route === 'DELETE /v1/sessions/{id}' ? prepared(one) : anyOf(one));
    const { id } = ready.path!;
    // One's own session has a name instead of an id.
    const other =
      id === 'current'
        ? 'ses_0192f0c1a2b37c4d8e5f60718293a4b5'
        : id!.replace(/_.*/, '_0192f0c1a2b37c4d8e5f60718293a4b5');
    const reply = await send(one, ready, { path: { id: other } });
    expect([reply.status, codeOf(one, reply)]).toEqual([404, expect.stringMatching(/_not_found$/)]);
  });
});

describe('an unknown caller (P13)', () => {
  const STRANGE = [
    'Bearer nonsense',
    'Bearer ',
    'Bearer',
    'Basic YTpi',
    `Bearer mst_${'A'.repeat(43)}`,
    'Bearer mst_short',
    'Bearer eyJhbGciOiJub25lIn0.e30.',
    'Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.e30.AAAA',
    `Bearer ${'x'.repeat(9000)}`,
    'Bearer two words',
  ];

  const CLOSED = GUARDED.filter((one) => OPEN.includes(one));
  let before: Awaited<ReturnType<typeof stateOf>>;
  beforeAll(async () => {
    for (const one of CLOSED) await anyOf(one);
    before = await stateOf(scene.superuser);
  });

  it.each(named(CLOSED))('%s is refused with 401', async (_name, one) => {
    const ready = await anyOf(one);
    const by = scene.stranger();
    const bare = await send(one, ready, { by });
    expect([bare.status, codeOf(one, bare)]).toEqual([401, 'credential_required']);
    expect(bare.headers['www-authenticate']).toBe('Bearer');
    // All routes have one guard: each meets a third of them, in turns.
    for (const authorization of STRANGE.filter((_, place) => place % 3 === OPEN.indexOf(one) % 3)) {
      const reply = await send(one, ready, { by, headers: { authorization } });
      expect([authorization, reply.status]).toEqual([authorization, 401]);
      expect(codeOf(one, reply)).toMatch(/^(credential_invalid|token_invalid|token_not_bound)$/);
    }
  });

  it('changes nothing, whatever they ask for', async () => {
    expect(await stateOf(scene.superuser)).toEqual(before);
  });

  it.each(named(MUTUAL))('%s is refused with 401 when a token that does not hold is shown too', async (_name, one) => {
    const ready = await prepared(one);
    for (const authorization of STRANGE) {
      const reply = await send(one, ready, { headers: { authorization } });
      expect([authorization, reply.status]).toEqual([authorization, 401]);
    }
  });

  it('is nobody by what a proxy would say of them', async () => {
    const headers = {
      'x-forwarded-client-cert': 'Hash=0;Subject="CN=admin"',
      'x-ssl-client-verify': 'SUCCESS',
      'x-forwarded-for': '127.0.0.1',
      'x-user': scene.administrator.id,
      cookie: `session=${scene.administrator.token}`,
    };
    expectStatus(await scene.stranger().call('GET', '/v1/me', undefined, headers), 401);
  });
});

describe('the wrong door (P13)', () => {
  it.each(named(OPEN))('%s is not served on 8444', async (_name, one) => {
    const ready = await anyOf(one);
    const reply = await send(one, ready, { by: await workload() });
    expect([reply.status, codeOf(one, reply)]).toEqual([404, 'listener_wrong']);
  });

  it.each(named(MUTUAL))('%s is not served on 8443', async (_name, one) => {
    const ready = await anyOf(one);
    for (const by of [scene.stranger(), scene.administrator.visitor]) {
      const reply = await send(one, ready, { by });
      expect([reply.status, codeOf(one, reply)]).toEqual([takesForm(one) ? reply.status : 404, 'listener_wrong']);
    }
  });

  let visitor: Promise<Ready['by']> | undefined;
  function workload() {
    return (visitor ??= scene.workload().then((holder) => holder.visitor));
  }
});

describe('a decision that is none (P13)', () => {
  const told = { reasons: [], policy: 'house@1' };
  const requirement = { acr: 'loa3', maxAgeSeconds: 300, bound: true, words: 'Do it.' };
  const approval = { approvers: ['administrator'], expiresSeconds: 60, words: 'Do it.' };
  const faults: [string, () => Promise<unknown>][] = [
    ['throws', () => Promise.reject(new Error('The policy is broken.'))],
    [
      'throws at once',
      () => {
        throw new TypeError('The policy is broken.');
      },
    ],
    ['never comes', () => new Promise(() => undefined)],
    ['is nothing', async () => undefined],
    ['is a word', async () => 'allow'],
    ['is true', async () => true],
    ['has an effect that nobody knows', async () => ({ effect: 'permit', reasons: [], policy: 'builtin@1' })],
    ['has no effect', async () => ({ reasons: [], policy: 'builtin@1' })],
    ['gives no reasons', async () => ({ effect: 'allow' })],
    [
      'has an obligation that nobody knows',
      async () => ({ effect: 'allow', reasons: [], policy: 'builtin@1', obligations: ['x'] }),
    ],
    ['allows, and wants a proof as well', async () => ({ effect: 'allow', ...told, requirement })],
    ['wants a proof, and does not say which', async () => ({ effect: 'step-up', ...told })],
    [
      'wants a proof of a level that nobody knows',
      async () => ({ effect: 'step-up', ...told, requirement: { ...requirement, acr: 'loa5' } }),
    ],
    [
      'wants something of a proof that nobody knows',
      async () => ({ effect: 'step-up', ...told, requirement: { ...requirement, place: 'the vault' } }),
    ],
    ['wants consent, and does not say whose', async () => ({ effect: 'approve', ...told })],
    [
      'wants consent of somebody that nobody knows',
      async () => ({ effect: 'approve', ...told, approval: { ...approval, approvers: ['king'] } }),
    ],
    ['wants a proof, whatever is shown', async () => ({ effect: 'step-up', ...told, requirement })],
  ];

  it.each(faults)('is a refusal where it %s', async (_how, decide) => {
    const point = muster.get(DecisionPoint);
    const real = point.decide.bind(point);
    const before = await stateOf(scene.superuser);
    point.decide = decide as never;
    try {
      const team = scene.administrator.visitor.call<{ code: string }>('POST', '/v1/teams', { name: 'never' });
      const me = scene.administrator.visitor.call<{ code: string }>('GET', '/v1/me');
      for (const reply of await Promise.all([team, me]))
        expect([reply.status, reply.body.code]).toEqual([403, 'forbidden']);
    } finally {
      point.decide = real;
    }
    expect(await stateOf(scene.superuser)).toEqual(before);
    expectStatus(await scene.administrator.visitor.call('GET', '/v1/me'), 200);
  });
});

describe('a policy that cannot be understood (P13)', () => {
  it.each([
    ['is no YAML', 'policy: ['],
    ['has a word that nobody knows', 'policy: house\nactions: {}\nobligations: []\n'],
    ['says nothing about what there is', 'policy: house\nactions: {}\n'],
  ])('stops the start where it %s', async (_how, text) => {
    const file = path.join(muster.home.data, 'house.yaml');
    await writeFile(file, text);
    const started = Muster.start({ beside: muster, environment: { POLICY_FILE: file } });
    await expect(started).rejects.toMatchObject({ code: 'policy_invalid' });
  });

  it('stops the start where it is not there', async () => {
    const environment = { POLICY_FILE: path.join(muster.home.data, 'nothing.yaml') };
    await expect(Muster.start({ beside: muster, environment })).rejects.toMatchObject({ code: 'policy_invalid' });
  });
});
