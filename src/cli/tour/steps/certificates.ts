import { requestAccessToken } from '../../access-token.js';
import { newKeyRequest } from '../../key-request.js';
import { ciClaims, PAYMENTS_JOB, type CiJob } from '../ci-claims.js';
import { CiIssuer } from '../ci-issuer.js';
import { eventually, expectRefusal, expectThat, type Step } from '../journey.js';
import { OrderClient } from '../order-client.js';
import { ORDER_ENTRY, OrderEntry } from '../order-entry.js';
import type { Credential, Tour } from '../tour.js';

const AUDIENCE = 'muster';
const MIN_SECONDS = 3000;
const NOTED_WITHIN_MS = 5000;

export const trustCi: Step<Tour> = {
  title: 'Trust one job of one repository at a CI issuer',
  proves: 'Issuer and trust are separate; the trust names audience and subject, and pins the repository’s numeric ids.',
  async run(tour) {
    const ci = tour.leave('ci', await CiIssuer.start());
    tour.atTheEnd(() => ci.stop());
    const admin = tour.get('admin').api;
    const { data: provider } = await admin.POST('/v1/providers', {
      body: {
        name: `tour-ci-${tour.run}`,
        kind: 'github-actions',
        issuer: ci.url,
        caCertificates: ci.caPem,
        privateNetwork: { reason: 'The tour runs its CI issuer on loopback' },
      },
    });
    tour.atTheEnd(() => admin.DELETE('/v1/providers/{id}', { params: { path: { id: provider!.id } } }));
    const { data: trust } = await tour.get('crew').engineer.api.POST('/v1/trusts', {
      body: {
        identityId: tour.get('bot').id,
        providerId: provider!.id,
        audience: AUDIENCE,
        subject: `repo:${PAYMENTS_JOB.repository}:ref:${PAYMENTS_JOB.ref}`,
        pins: { repository_id: PAYMENTS_JOB.repositoryId, repository_owner_id: PAYMENTS_JOB.repositoryOwnerId },
        condition: "claims.event_name == 'push' && claims.runner_environment == 'github-hosted'",
      },
    });
    tour.atTheEnd(() => admin.DELETE('/v1/trusts/{id}', { params: { path: { id: trust!.id } } }));
    return `${trust!.subject} with repository_id ${PAYMENTS_JOB.repositoryId} proves ${tour.get('bot').name}`;
  },
};

/** What the CI issuer of the tour says of one job, now. */
export function ciToken(tour: Tour, job: CiJob): Promise<string> {
  const ci = tour.get('ci');
  return ci.sign(ciClaims(ci.url, AUDIENCE, job, tour.context.now()));
}

/** Asks as a CI job would: with its token and a key made on the spot, and no stored secret. */
export async function fetchCertificate(tour: Tour, kind: 'oidc' | 'join-token', token: string): Promise<Credential> {
  const root = tour.get('root');
  const { key, csr } = await newKeyRequest();
  const body = { attestation: { kind, token }, csr };
  const issued = (await tour.context.connect({ root }).api.POST('/v1/certificates', { body })).data!;
  return { issued, held: { root, key, chain: [issued.certificate, ...issued.chain].join('\n') } };
}

export const fetchFirstCertificate: Step<Tour> = {
  title: 'Fetch a one-hour certificate with the job’s own token',
  proves:
    'No stored secret: the key is made here and stays, the CI system’s token proves the job, the CSR proves the key.',
  async run(tour) {
    const token = tour.leave('ciToken', await ciToken(tour, PAYMENTS_JOB));
    const { issued } = tour.leave('botCredential', await fetchCertificate(tour, 'oidc', token));
    const seconds = (Date.parse(issued.expiresAt) - Date.parse(issued.notBefore)) / 1000;
    expectThat(issued.spiffeId === tour.get('bot').spiffeId, 'The certificate is for another identity.');
    expectThat(seconds > MIN_SECONDS, `The certificate lives ${seconds} s only.`);
    return `${issued.id} for ${issued.spiffeId}, until ${issued.expiresAt}`;
  },
};

export const fetchAccessToken: Step<Tour> = {
  title: 'Fetch an access token over mTLS',
  proves:
    'The token (RFC 9068) is bound to the certificate (RFC 8705), holds five minutes, and no scope beyond the grants.',
  async run(tour) {
    const { held } = tour.get('botCredential');
    const mutual = tour.context.connect({ url: tour.get('mutualUrl'), root: held.root, certificate: held });
    const token = await requestAccessToken(mutual, { audience: ORDER_ENTRY.target, scope: ORDER_ENTRY.scope });
    tour.leave('accessToken', token.access_token);
    const wider = requestAccessToken(mutual, { audience: ORDER_ENTRY.target, scope: 'orders:write funds:move' });
    const code = await expectRefusal(wider, 'invalid_scope');
    return `${token.scope} on ${ORDER_ENTRY.target} for ${token.expires_in} s; a wider scope is refused (${code})`;
  },
};

export const placeOrder: Step<Tour> = {
  title: 'Place an order at a guarded server',
  proves: 'A real call over mTLS (TLS 1.3), allowed by the enforcement library from certificate, token and feed.',
  async run(tour) {
    const server = tour.get('server');
    const path = { id: server.id };
    const { data } = await tour.get('crew').engineer.api.POST('/v1/identities/{id}/join-tokens', { params: { path } });
    const own = tour.leave('serverCredential', await fetchCertificate(tour, 'join-token', data!.token));
    const orderEntry = await OrderEntry.start({
      point: `order-entry-${tour.run}`,
      issuer: tour.get('issuer'),
      mutualUrl: tour.get('mutualUrl'),
      trustDomain: new URL(server.spiffeId).host,
      certificate: own.held,
    });
    tour.leave('orderEntry', orderEntry);
    tour.atTheEnd(() => orderEntry.stop());
    const orders = tour.leave(
      'orders',
      new OrderClient(orderEntry.port, tour.get('botCredential').held, server.spiffeId),
    );
    const answer = await orders.place(tour.get('accessToken'));
    expectThat(answer.status === 201, `The order was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    const without = await orders.place('not-a-token');
    expectThat(without.status === 403, 'An order without a token was accepted.');
    return `order accepted from ${String(answer.body['from'])}; without its token refused (${String(without.body['code'])})`;
  },
};

export const refuseOthers: Step<Tour> = {
  title: 'Try the same from elsewhere',
  proves:
    'Another repository, a fork of the same name, and a stolen token with another key all get one and the same no.',
  async run(tour) {
    const elsewhere: CiJob = { ...PAYMENTS_JOB, repository: 'acme/website', repositoryId: '852963741' };
    const fork: CiJob = { ...PAYMENTS_JOB, repositoryId: '963741852', repositoryOwnerId: '4839201' };
    const tokens = [await ciToken(tour, elsewhere), await ciToken(tour, fork), tour.get('ciToken')];
    const before = new Set((await refusalsNow(tour)).map(({ requestId }) => requestId));
    for (const token of tokens) await expectRefusal(fetchCertificate(tour, 'oidc', token), 'attestation_refused');
    const reasons = await reasonsAfter(tour, before, tokens.length);
    return `three times attestation_refused outside; inside: ${reasons.join(', ')}`;
  },
};

async function refusalsNow(tour: Tour) {
  const query = { limit: 50 };
  return (await tour.get('admin').api.GET('/v1/attestation/refusals', { params: { query } })).data!.items;
}

/** A refusal is noted a moment after it is answered: asks until as many are there as were made since `before`. */
async function reasonsAfter(tour: Tour, before: ReadonlySet<string | null>, count: number): Promise<string[]> {
  const made = async () => {
    const noted = (await refusalsNow(tour)).filter(({ requestId }) => !before.has(requestId));
    return noted.length >= count ? noted.map(({ reason }) => reason).reverse() : undefined;
  };
  return eventually(made, NOTED_WITHIN_MS, 'The refusals are not in the log.');
}
