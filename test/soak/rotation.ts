import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisServer } from '../interop/redis-server.js';
import { seeded } from '../promises/cases/random-walk.js';
import { RotatingServer } from '../rotation/server.js';
import { OwnPostgres } from '../rotation/strain/own-postgres.js';
import { Strain } from '../rotation/strain/strain.js';
import { tell } from './figures.js';

/** How many identities, for how long, by which chance, and how many workers. */
const IDENTITIES = Number(process.env.SOAK_IDENTITIES ?? 300);
const SECONDS = Number(process.env.SOAK_SECONDS ?? 600);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const WORKERS = Number(process.env.SOAK_WORKERS ?? 2);
/** Who renews often is watched long enough to be asked for little: a few of ten thousand calls a minute. */
const OBSERVE = Math.max(2, Math.ceil(IDENTITIES / 3));
const REST = Number(process.env.SOAK_REST_MILLISECONDS ?? 100);
const HOUR = 3_600;
/** Where libfaketime's library lies: then the clocks of consumers are wrong for OpenSSL too. */
const FAKETIME = process.env.SOAK_FAKETIME;

const PASSWORD = randomBytes(24).toString('base64url');

it(`strands nobody of ${IDENTITIES} identities in ${SECONDS} s of everything going wrong (P5)`, async () => {
  const database = await OwnPostgres.start();
  const place = await OwnPostgres.start();
  const postgresql = await RotatingServer.over(place);
  const redis = await RedisServer.startWithUsers(PASSWORD);
  const superuser = new Redis(redis.url());
  try {
    const { counts, waits, ...found } = await Strain.run({
      ...{ identities: IDENTITIES, seconds: SECONDS, random: seeded(SEED), workers: WORKERS },
      ...{
        clocks: [-HOUR, 0, HOUR],
        fakeTime: FAKETIME,
        observeSeconds: OBSERVE,
        restMilliseconds: REST,
        certificateSeconds: 180,
        rotateCertificates: true,
      },
      ...{ database: database.urls, crashDatabase: () => database.crash(), postgresql },
      redis: {
        ...{ port: Number(new URL(redis.url()).port), superuser },
        url: (port) =>
          redis
            .url()
            .replace(/:\d+\//, `:${port}/`)
            .replace('redis://:', 'redis://default:'),
      },
    });
    tell('soak', `rotation, ${IDENTITIES} identities, ${SECONDS} s, seed ${SEED}`, [
      ['authentication_failures', found.authenticationFailures.length, '1'],
      ['orphaned_credentials', found.orphanedCredentials.length, '1'],
      ['doubled_steps', found.doubledSteps.length, '1'],
      ...Object.entries(counts).map(([metric, count]) => [metric, count, '1'] as const),
    ]);
    if (waits.length > 0) console.error(waits.map(([words, count]) => `${count} × ${words}`).join('\n'));
    expect(found).toEqual({
      ...{ authenticationFailures: [], orphanedCredentials: [], doubledSteps: [] },
      ...{ inconsistencies: [], unused: [], unfinished: [] },
    });
  } finally {
    superuser.disconnect();
    await redis.remove();
    await postgresql.stop().catch(() => undefined);
    await database.stop();
  }
});
