import type { components, Connection } from '../../../client/index.js';
import { PAYMENTS_JOB } from '../ci-claims.js';
import type { CustomerDatabase } from '../customer-database.js';
import { eventually, expectThat, LeftOut, type Step } from '../journey.js';
import { ReportingClient } from '../reporting-client.js';
import type { Tour } from '../tour.js';
import { ciToken, fetchCertificate } from './certificates.js';

type Rotation = components['schemas']['Rotation'];

/** How the reporting client calls itself towards Muster. */
const INSTANCE = 'nightly-reports';
/** As short as a rotation may be told to look; a day is what one would take. */
const OBSERVE_SECONDS = 5;
const DEADLINE_SECONDS = 60;
const HANDED_OUT_WITHIN_MS = 60_000;
const OVER_WITHIN_MS = 120_000;

export const rotate: Step<Tour> = {
  title: 'Rotate a pair of roles under a client that never stops querying',
  proves:
    'The old one goes only when the client was seen on the new one and PostgreSQL shows every login: nobody is stranded, and nothing stays open.',
  async run(tour) {
    const database = tour.find('database');
    if (!database) throw new LeftOut('there is no database in which anything could rotate');
    const [blue, green] = database.pair;
    const rotation = await register(tour, database);
    const service = await asTheBot(tour);
    const client = ReportingClient.start(database, { account: blue, secret: database.pairPassword });
    try {
      const { api } = tour.get('crew').engineer;
      const path = { id: rotation.id };
      const { data: run } = await api.POST('/v1/rotations/{id}/runs', {
        params: { path },
        body: { cause: 'by-hand', reason: 'Seen in the tour' },
      });
      await comeOver(service, rotation, client);
      const params = { path: { id: run!.id } };
      const ended = await eventually(
        async () => {
          const { data } = await api.GET('/v1/rotation-runs/{id}', { params });
          expectThat(data!.state !== 'stuck', `It is stuck: ${data!.runbook?.words ?? data!.failure}`);
          return data!.state === 'finished' ? data! : undefined;
        },
        OVER_WITHIN_MS,
        'The rotation does not come to its end.',
      );
      await client.stop();
      expectThat(client.refusals.length === 0, `The client was refused: ${client.refusals[0]}`);
      const dead = await database.read(blue, database.pairPassword).then(
        () => false,
        () => true,
      );
      expectThat(dead, 'The old password still opens the database.');
      tour.leave('rotation', rotation.id);
      const { coverage } = ended.evidence!;
      return `${client.answered} logins answered and none refused while ${blue} gave way to ${green}; evidence ${coverage}; the old password is refused`;
    } finally {
      await client.stop();
    }
  },
};

async function register(tour: Tour, database: CustomerDatabase): Promise<Rotation> {
  const admin = tour.get('admin').api;
  const { person } = (await admin.GET('/v1/me')).data!;
  const { data: target } = await admin.POST('/v1/targets', {
    body: {
      ...{ name: `reports-${tour.run}`, kind: 'postgresql', url: database.rotationUrl, ownerId: person.id },
      privateNetwork: { reason: 'The tour runs its database on loopback' },
    },
  });
  const path = { id: target!.id };
  tour.atTheEnd(() => admin.DELETE('/v1/targets/{id}', { params: { path } }));
  const identityId = tour.get('bot').id;
  for (const account of database.pair) {
    const { data } = await admin.POST('/v1/targets/{id}/accounts', {
      params: { path },
      body: { identityId, account },
    });
    const own = { id: data!.id };
    tour.atTheEnd(() => admin.DELETE('/v1/target-accounts/{id}', { params: { path: own } }));
  }
  const { api } = tour.get('crew').engineer;
  const { data: rotation } = await api.POST('/v1/rotations', {
    body: {
      ...{ name: `reports-${tour.run}`, identityId, targetId: target!.id, accounts: [...database.pair] },
      ...{ observeSeconds: OBSERVE_SECONDS, consumerDeadlineSeconds: DEADLINE_SECONDS, expectedConsumers: [INSTANCE] },
    },
  });
  tour.atTheEnd(() => api.DELETE('/v1/rotations/{id}', { params: { path: { id: rotation!.id } } }));
  return rotation!;
}

/** The bot's last certificate was revoked: it proves its job anew. */
async function asTheBot(tour: Tour): Promise<Connection> {
  const { held } = await fetchCertificate(tour, 'oidc', await ciToken(tour, PAYMENTS_JOB));
  return tour.context.connect({ url: tour.get('mutualUrl'), root: held.root, certificate: held });
}

/** What `muster exec`, `muster agent` and `muster-nhi/consumer` do: fetch the newest, use it, say so. */
async function comeOver({ api }: Connection, { id }: Rotation, client: ReportingClient): Promise<void> {
  const params = { path: { id }, query: { instance: INSTANCE } };
  const handed = await eventually(
    () =>
      api.GET('/v1/rotations/{id}/secret', { params }).then(
        ({ data }) => data!,
        () => undefined,
      ),
    HANDED_OUT_WITHIN_MS,
    'No new secret is handed out.',
  );
  client.take(handed);
  await api.POST('/v1/rotations/{id}/acknowledgements', {
    params: { path: { id } },
    body: { version: handed.version, instance: INSTANCE },
  });
}
