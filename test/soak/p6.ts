import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Scene } from '../promises/cases/index.js';
import { LIMIT_MILLISECONDS, quantile, RevocationRace } from '../promises/cases/revocation-race.js';
import { embeddedSuperuserUrl } from '../harness/embedded-database.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import { tell } from './figures.js';

/** How many enforcement points, each a process; how many revocations, and how many of them at a time. */
const POINTS = Number(process.env.SOAK_POINTS ?? 4);
const REVOCATIONS = Number(process.env.SOAK_REVOCATIONS ?? 10_000);
const AT_ONCE = Number(process.env.SOAK_AT_ONCE ?? 4);
const PROMISED_P99_MILLISECONDS = 1_000;

let home: Home;
let service: ServiceProcess;
let scene: Scene;
let race: RevocationRace;

beforeAll(async () => {
  home = await newHome();
  service = await ServiceProcess.start(home, {
    RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
  });
  await service.ready();
  const administrator = await service.cast.administrator();
  scene = await Scene.open({ place: service, administrator, superuserUrl: await embeddedSuperuserUrl(home) });
  const url = `https://localhost:${service.ports.open}`;
  const { trustDomain } = await trustDomainOf(scene);
  race = await RevocationRace.open(scene, POINTS, url, trustDomain);
});
afterAll(async () => {
  await race?.close();
  await scene?.close();
  await service?.stop();
  await home?.remove();
});

async function trustDomainOf({ superuser }: Scene): Promise<{ readonly trustDomain: string }> {
  const { rows } = await superuser.query<{ trustDomain: string }>(
    'SELECT trust_domain AS "trustDomain" FROM muster.installation',
  );
  return rows[0]!;
}

it(`refuses ${REVOCATIONS} revoked certificates at ${POINTS} enforcement points, 99 of 100 within a second (P6)`, async () => {
  const taken: number[] = [];
  const startedAt = performance.now();
  let left = REVOCATIONS;
  const worker = async () => {
    while (left-- > 0) taken.push(...(await race.revokeOne()));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const name = `${POINTS} points, ${AT_ONCE} at a time`;
  const seconds = (performance.now() - startedAt) / 1000;
  tell('p6', name, [
    ['revocations', REVOCATIONS, '1'],
    ['revocations_per_s', REVOCATIONS / seconds, '1/s'],
    ['refused_for_a_late_feed', race.stale, '1'],
    ...([0.5, 0.9, 0.99, 0.999, 1] as const).map(
      (share) => [`time_to_deny_p${share * 100}_ms`, quantile(taken, share), 'ms'] as const,
    ),
  ]);
  expect(taken).toHaveLength(REVOCATIONS * POINTS);
  expect(Math.max(...taken)).toBeLessThan(LIMIT_MILLISECONDS);
  expect(quantile(taken, 0.99)).toBeLessThanOrEqual(PROMISED_P99_MILLISECONDS);
});
