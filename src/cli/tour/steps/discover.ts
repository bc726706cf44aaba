import type { components, paths } from '../../../client/index.js';
import { allFindings } from '../../lookup.js';
import { type CrewMember, enlist } from '../crew.js';
import type { CustomerDatabase } from '../customer-database.js';
import { eventually, expectThat, LeftOut, type Step } from '../journey.js';
import { ScannedRepository } from '../scanned-repository.js';
import type { Shadow, Tour } from '../tour.js';

type Schemas = components['schemas'];
type Finding = Schemas['Finding'];
type NewSourceBody = paths['/v1/sources']['post']['requestBody']['content']['application/json'];

const LOOKED_WITHIN_MS = 600_000;
const RESOLVED_WITHIN_MS = 60_000;
const CONSENT = { reason: 'The tour runs it on loopback' };
/** Where nothing of the original can lie. */
const folderOf = (tour: Tour) => `tour-${tour.run}`;

/** Only where somebody named a repository. What is theirs is looked through also where nothing can be planted. */
export const scanRepository: Step<Tour> = {
  title: 'Look through your repository for what nobody registered',
  proves:
    'Every version that was ever committed is read, in a copy of yours; whose a login is, is told by what it opens, and no secret is kept or shown.',
  async run(tour) {
    const { analyst, custodian } = await gather(tour);
    const repository = await ScannedRepository.copy(tour.scanPath!);
    tour.atTheEnd(() => repository.remove());
    const database = tour.find('database');
    const servers = database && (await plant(tour, analyst, custodian, { database, repository }));
    const source = await addSource(tour, analyst, {
      name: `your-repository-${tour.run}`,
      kind: 'git',
      settings: { url: repository.url },
      access: repository.access,
      caCertificates: repository.caPem,
      privateNetwork: CONSENT,
    });
    const { coverage } = await look(analyst, source);
    const found = await allFindings(analyst.api, { sourceId: source.id, state: 'any' });
    if (!database)
      return `${coverage}; ${inWords(found)}; no login was planted: there is no database that it could open`;
    const { account, password } = database.shadow;
    const planted = found.find(({ named }) => named?.endsWith(`:${account}`));
    expectThat(planted?.verdict === 'shadow-identity', 'The planted login was not found to be nobody’s.');
    const accounts = await allFindings(analyst.api, { sourceId: servers!.id, state: 'any' });
    const listed = accounts.find(({ words }) => words.some((one) => one.startsWith(`${account} of `)));
    expectThat(listed?.verdict === 'shadow-identity', 'The account that it opens was not found to be nobody’s.');
    const shown = await analyst.api.GET('/v1/findings/{id}/places', { params: { path: { id: planted.id } } });
    expectThat(!JSON.stringify([planted, shown.data]).includes(password), 'The password is shown.');
    const credential = planted.id;
    tour.leave('shadow', { analyst, repository, source, servers: servers!, credential, account: listed.id });
    const yours = found.filter(({ id }) => id !== credential);
    return `${coverage}; ${inWords(yours)}; the planted login: “${planted.because}”`;
  },
};

/** Plants a login that opens the tour's database. @returns the source that lists that database's roles, looked at */
async function plant(
  tour: Tour,
  analyst: CrewMember,
  by: CrewMember,
  { database, repository }: { readonly database: CustomerDatabase; readonly repository: ScannedRepository },
): Promise<Schemas['Source']> {
  const host = `customers-${tour.run}.tour.internal:${database.port}`;
  const { account, password } = database.shadow;
  const line = `DATABASE_URL=postgresql://${account}:${password}@${host}/postgres\n`;
  const email = `carla-${tour.run}@tour.example`;
  await repository.plant(`${folderOf(tour)}/nightly-export.env`, line, { name: by.name, email });
  const servers = await addSource(tour, analyst, {
    name: `customers-${tour.run}`,
    kind: 'postgresql',
    settings: { knownAs: [host] },
    access: { url: database.rotationUrl },
    privateNetwork: CONSENT,
  });
  await look(analyst, servers);
  return servers;
}

/** What of the user's own was found, what of it somebody should look into, and what becomes of it. */
function inWords(yours: readonly Finding[]): string {
  const waiting = yours.filter(({ state }) => state === 'open').length;
  if (yours.length === 0) return 'nothing of yours was found';
  const found = yours.length === 1 ? 'one thing of yours was found' : `${yours.length} things of yours were found`;
  return `${found}, ${waiting} for somebody to look into; the tour closes them when it ends, and their names and paths stay in the service`;
}

/** Whoever looks into what is found is somebody else than who answers for it. */
async function gather(tour: Tour) {
  const admin = tour.get('admin').api;
  const service = { root: tour.get('root'), origin: tour.get('issuer') };
  const person = {
    name: `Nadia (tour ${tour.run})`,
    email: `nadia-${tour.run}@tour.example`,
    role: 'analyst' as const,
  };
  const analyst = await enlist(tour.context, admin, service, person);
  tour.atTheEnd(() => admin.DELETE('/v1/people/{id}', { params: { path: { id: analyst.id } } }));
  return { analyst, custodian: tour.get('crew').custodian };
}

async function addSource(tour: Tour, { api }: CrewMember, body: NewSourceBody): Promise<Schemas['Source']> {
  const { data } = await api.POST('/v1/sources', { body: body as never });
  const path = { id: data!.id };
  tour.atTheEnd(() => api.DELETE('/v1/sources/{id}', { params: { path } }));
  return data!;
}

/** Has it looked at, and waits until that is over. */
async function look({ api }: CrewMember, { id }: Schemas['Source'], anew = false): Promise<Schemas['SourceRun']> {
  const params = { path: { id } };
  const { data: begun } = await api.POST('/v1/sources/{id}/runs', { params, body: { anew } });
  const ended = async () => {
    const { run } = (await api.GET('/v1/sources/{id}', { params })).data!;
    return run?.id === begun!.id && run.endedAt !== null ? run : undefined;
  };
  const run = await eventually(ended, LOOKED_WITHIN_MS, 'The look at it does not end.');
  expectThat(run.state === 'finished', `It could not be looked at: ${run.failure}`);
  return run;
}

export const adoptShadow: Step<Tour> = {
  title: 'Make the shadow somebody’s',
  proves:
    'What was found fills in the registration, and whoever wrote it is suggested to answer for it; from then on it is known by its names and its key.',
  async run(tour) {
    const { analyst, credential, account } = shadowOf(tour);
    const { engineer, custodian, backup } = tour.get('crew');
    const path = { id: credential };
    const { data: draft } = await analyst.api.GET('/v1/findings/{id}/draft', { params: { path } });
    const suggested = draft!.custodians[0];
    expectThat(suggested?.personId === custodian.id, 'Who wrote it is not suggested.');
    const { name, kind, purpose, privileged, environment } = draft!;
    const { data: identity } = await engineer.api.POST('/v1/identities', {
      body: {
        ...{ name: `${name}-${tour.run}`, kind, purpose, privileged, environment: environment ?? 'production' },
        ...{ teamId: tour.get('team'), criticality: 'low' as const, dataClasses: [] },
        ...{ primaryCustodianId: suggested.personId, backupCustodianId: backup.id },
      },
    });
    const own = { id: identity!.id };
    tour.atTheEnd(() =>
      tour.get('admin').api.POST('/v1/identities/{id}/retirement', {
        params: { path: own },
        body: { reason: 'The tour is over' },
      }),
    );
    const body = { identityId: own.id };
    const { data: adopted } = await analyst.api.POST('/v1/findings/{id}/adoption', { params: { path }, body });
    expectThat(adopted!.identityId === own.id, 'It is nobody’s still.');
    const known = await eventually(
      async () => {
        const { data } = await analyst.api.GET('/v1/findings/{id}', { params: { path: { id: account } } });
        return data!.identityId === own.id ? data! : undefined;
      },
      RESOLVED_WITHIN_MS,
      'The account that it opens is not known to be its.',
    );
    tour.leave('adopted', own.id);
    return `${identity!.name}, answered for by ${custodian.name.split(' ')[0]} (${suggested.because}); its login is ${adopted!.verdict} now, and its account ${known.verdict}`;
  },
};

export const retireShadow: Step<Tour> = {
  title: 'Retire the shadow, and look again',
  proves:
    'What was found is ended where it works, seen to be ended, and closed only when its sources see it no more; the signed log tells it all.',
  async run(tour) {
    const { analyst, repository, source, servers, credential, account } = shadowOf(tour);
    const database = tour.get('database');
    const [admin, reason] = [tour.get('admin').api, 'Nobody needs the nightly export'];
    await knowAccount(tour, database.shadow.account);
    const { shadow } = database;
    const before = await database.read(shadow.account, shadow.password);
    expectThat('rows' in before, 'The planted login does not open the database.');
    const retire = (id: string) =>
      analyst.api.POST('/v1/findings/{id}/retirement', { params: { path: { id } }, body: { reason } });
    const { data: closed } = await retire(account);
    expectThat(closed!.finding.retirement?.way === 'close-account', 'Muster did not close the account.');
    const refused = await database.read(shadow.account, shadow.password).then(
      () => undefined,
      (error: Error) => error.message,
    );
    expectThat(refused !== undefined, 'The planted login still opens the database.');
    await retire(credential);
    await repository.takeBack();
    await look(analyst, servers);
    await look(analyst, source, true);
    const stateOf = async (id: string) =>
      (await admin.GET('/v1/findings/{id}', { params: { path: { id } } })).data!.state;
    expectThat((await stateOf(account)) === 'settled', 'The closed account still waits for somebody.');
    expectThat((await stateOf(credential)) === 'closed', 'What is seen nowhere any more is not closed.');
    tour.leave('retired', credential);
    return `${before.rows} customers read by the planted login before, and “${refused}” after; taken out of the copy’s history, its sources looked again and the finding is closed`;
  },
};

/** On a target, the account is Muster's to close. */
async function knowAccount(tour: Tour, account: string): Promise<void> {
  const { api } = tour.get('admin');
  const { person } = (await api.GET('/v1/me')).data!;
  const url = tour.get('database').rotationUrl;
  const { data: target } = await api.POST('/v1/targets', {
    body: {
      ...{ name: `nightly-${tour.run}`, kind: 'postgresql', url, ownerId: person.id },
      privateNetwork: CONSENT,
    },
  });
  tour.atTheEnd(() => api.DELETE('/v1/targets/{id}', { params: { path: { id: target!.id } } }));
  const body = { identityId: tour.get('adopted'), account };
  const { data } = await api.POST('/v1/targets/{id}/accounts', { params: { path: { id: target!.id } }, body });
  tour.atTheEnd(() => api.DELETE('/v1/target-accounts/{id}', { params: { path: { id: data!.id } } }));
}

function shadowOf(tour: Tour): Shadow {
  const shadow = tour.find('shadow');
  if (shadow) return shadow;
  throw new LeftOut('nothing was planted that could be found');
}
