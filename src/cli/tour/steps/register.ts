import type { Connection } from '../../../client/index.js';
import type { DeclaredIdentity } from '../../identities-file.js';
import { expectRefusal, expectThat, type Step } from '../journey.js';
import type { Crew, Tour, TourIdentity } from '../tour.js';

/** The server's own right to follow the feed and report use. */
const ENFORCEMENT = { target: 'muster', scope: 'enforcement', purpose: 'follow revocations and report use' };

export const register: Step<Tour> = {
  title: 'Register the bot, its grant, and the server it calls',
  proves:
    'Every identity has a purpose, data classes and two live custodians; an order-entry identity waits for consent.',
  async run(tour) {
    const crew = tour.get('crew');
    const { data: team } = await crew.engineer.api.POST('/v1/teams', {
      body: { name: `payments-${tour.run}`, managerId: crew.custodian.id, memberIds: [crew.engineer.id] },
    });
    tour.leave('team', team!.id);
    tour.atTheEnd(() => crew.engineer.api.DELETE('/v1/teams/{id}', { params: { path: { id: team!.id } } }));
    const registered: TourIdentity[] = [];
    for (const declared of tour.declared) registered.push(await registerOne(tour, team!.id, declared));
    const bot = tour.leave('bot', registered[0]!);
    const server = { ...SERVER, grants: [ENFORCEMENT] };
    tour.leave('server', await registerOne(tour, team!.id, server));
    const status = await statusOf(crew.engineer.api, bot);
    return `${bot.spiffeId} is ${status}; its grants are verified by ${crew.custodian.name.split(' ')[0]}`;
  },
};

const SERVER: Omit<DeclaredIdentity, 'kind'> & { readonly kind: 'enforcement-point' } = {
  name: 'order-entry-server',
  kind: 'enforcement-point',
  environment: 'production',
  purpose: 'Takes orders, and lets in only whom Muster lets in',
  criticality: 'high',
  dataClasses: [],
  privileged: false,
  grants: [],
};

async function registerOne(
  tour: Tour,
  teamId: string,
  declared: Omit<DeclaredIdentity, 'kind'> & { readonly kind: DeclaredIdentity['kind'] | 'enforcement-point' },
): Promise<TourIdentity> {
  const crew = tour.get('crew');
  const { grants, team: _team, custodians: _custodians, ...facts } = declared;
  const { data } = await crew.engineer.api.POST('/v1/identities', {
    body: {
      ...facts,
      name: `${declared.name}-${tour.run}`,
      teamId,
      primaryCustodianId: crew.custodian.id,
      backupCustodianId: crew.backup.id,
    },
  });
  const { id, name, spiffeId } = data!;
  tour.identities.push({ id, name, spiffeId });
  tour.atTheEnd(() => retire(tour.get('admin').api, id));
  for (const grant of grants) await addVerifiedGrant(crew, id, grant);
  return { id, name, spiffeId };
}

async function addVerifiedGrant(crew: Crew, id: string, grant: DeclaredIdentity['grants'][number]): Promise<void> {
  const body = { ...grant, verifierId: crew.custodian.id };
  const { data } = await crew.engineer.api.POST('/v1/identities/{id}/grants', { params: { path: { id } }, body });
  await crew.custodian.api.POST('/v1/grants/{id}/verification', { params: { path: { id: data!.id } } });
}

function retire(api: Connection['api'], id: string): Promise<unknown> {
  return api.POST('/v1/identities/{id}/retirement', { params: { path: { id } }, body: { reason: 'The tour is over' } });
}

async function statusOf(api: Connection['api'], { id }: TourIdentity): Promise<string> {
  return (await api.GET('/v1/identities/{id}', { params: { path: { id } } })).data!.status;
}

export const approve: Step<Tour> = {
  title: 'Have a second person approve',
  proves:
    'Nobody consents to their own request (SEC 15c3-5(c)(2)(iii)); an approval is for exactly what was registered.',
  async run(tour) {
    const { engineer, approver } = tour.get('crew');
    const bot = tour.get('bot');
    const params = { params: { path: { id: bot.id } } };
    if ((await statusOf(engineer.api, bot)) === 'active') return `${bot.name} needs no approval and is active`;
    const early = await expectRefusal(engineer.api.POST('/v1/identities/{id}/activation', params), 'approval_required');
    const { data } = await approver.api.GET('/v1/approvals', {
      params: { query: { subject: bot.id, state: 'pending' } },
    });
    const approval = data!.items[0];
    expectThat(approval !== undefined, 'No approval is open for the bot.');
    const body = { verdict: 'approve' as const, reason: 'Known settlement run, limits checked' };
    const path = { id: approval.id };
    await expectRefusal(
      engineer.api.POST('/v1/approvals/{id}/decision', { params: { path }, body }),
      'forbidden',
      'own_request',
    );
    await approver.api.POST('/v1/approvals/{id}/decision', { params: { path }, body });
    const active = (await engineer.api.POST('/v1/identities/{id}/activation', params)).data!;
    expectThat(active.status === 'active', `The bot is ${active.status} after it was approved.`);
    return `refused before (${early}) and to its requester; approved by ${approver.name.split(' ')[0]}, now ${active.status}`;
  },
};
