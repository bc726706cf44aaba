import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Scene } from '../promises/cases/index.js';
import { Muster } from '../harness/muster.js';
import { csrFor, newKey } from './caller.js';

jest.setTimeout(120_000);

const JOBS = 200;

interface Answered {
  readonly id: string;
  readonly serialNumber: string;
  readonly code: string;
}

let muster: Muster;
let scene: Scene;

beforeAll(async () => {
  const patient = { RATE_LIMIT_FAILURES_PER_MINUTE: '100000', RATE_LIMIT_ADDRESS_PER_MINUTE: '100000' };
  muster = await Muster.start({ environment: patient });
  const administrator = await muster.signInAs();
  scene = await Scene.open({ place: muster, administrator, superuserUrl: muster.database.superuserUrl });
});
afterAll(async () => {
  await scene?.close();
  await muster?.stop();
});

describe('one join token in the hands of many, over HTTPS with the signer at work (ATT-1, P21)', () => {
  it(`gives one certificate to one of ${JOBS} jobs, and that one again to whoever has its key`, async () => {
    const identity = await scene.identity();
    const token = await scene.joinToken(identity.id);
    const ask = (csr: string) =>
      scene.stranger().call<Answered>('POST', '/v1/certificates', { attestation: { kind: 'join-token', token }, csr });
    const csrs = Array.from({ length: JOBS }, () => csrFor(newKey()));
    const answers = await Promise.all(csrs.map(ask));
    const winner = answers.findIndex(({ status }) => status === 201);
    const { id, serialNumber } = answers[winner]!.body;
    const others = answers.filter((_, at) => at !== winner).map(({ status, body }) => `${status} ${body.code}`);
    expect(new Set(others)).toEqual(new Set(['401 attestation_refused']));

    const again = await ask(csrs[winner]!);
    expect(again).toMatchObject({ status: 201, body: { id, serialNumber } });
    expect((await ask(csrs[(winner + 1) % JOBS]!)).status).toBe(401);
    const { rows } = await scene.superuser.query<{ id: string }>(
      'SELECT id FROM muster.credentials WHERE identity_id = $1',
      [identity.id],
    );
    expect(rows).toEqual([{ id }]);
  });
});
