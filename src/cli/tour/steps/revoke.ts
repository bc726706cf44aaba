import { eventually, expectThat, type Step } from '../journey.js';
import type { Tour } from '../tour.js';

const PROMISED_MS = 5000;
const EXPECTED_MS = 1000;

export const revoke: Step<Tour> = {
  title: 'Revoke the certificate while its connection is open',
  proves: 'Revocation is fast and bounded: the open connection is cut and the next call refused, within a second.',
  async run(tour) {
    const orders = tour.get('orders');
    const { issued } = tour.get('botCredential');
    const before = await orders.place(tour.get('accessToken'));
    expectThat(before.status === 201, `The order before the revocation was answered ${before.status}.`);
    const cut = orders.cut(PROMISED_MS);
    const body = { reason: 'key-compromise' };
    await tour
      .get('crew')
      .custodian.api.POST('/v1/certificates/{id}/revocation', { params: { path: { id: issued.id } }, body });
    const answeredAt = performance.now();
    await cut;
    const cutMs = Math.max(0, performance.now() - answeredAt);
    const refused = await isRefused(tour);
    const denyMs = Math.max(0, performance.now() - answeredAt);
    expectThat(refused, 'An order was accepted after the revocation.');
    expectThat(denyMs <= PROMISED_MS, `Time to deny was ${denyMs.toFixed(0)} ms.`);
    const pace = denyMs <= EXPECTED_MS ? '' : ' (slower than the second we aim at)';
    return `connection cut after ${cutMs.toFixed(0)} ms, next call refused; time to deny ${denyMs.toFixed(0)} ms${pace}`;
  },
};

async function isRefused(tour: Tour): Promise<boolean> {
  try {
    return (await tour.get('orders').place(tour.get('accessToken'))).status !== 201;
  } catch {
    return true;
  } finally {
    tour.get('orders').close();
  }
}

const USE_WITHIN_MS = 5000;

export const readLedger: Step<Tour> = {
  title: 'Ask the ledger who held what',
  proves: 'One list of every credential: holder, custodian, expiry, last use, and the receipt of the proof behind it.',
  async run(tour) {
    const { api } = tour.get('admin');
    const bot = tour.get('bot');
    const query = { identityId: bot.id, state: 'all' as const, limit: 50 };
    const used = async () => {
      const entries = (await api.GET('/v1/ledger', { params: { query } })).data!.items;
      return entries.some(({ lastUsedAt }) => lastUsedAt) ? entries : undefined;
    };
    const entries = await eventually(used, USE_WITHIN_MS, 'The ledger does not say when anything was last used.');
    const certificate = entries.find(({ id }) => id === tour.get('botCredential').issued.id);
    expectThat(certificate !== undefined, 'The ledger does not know the certificate.');
    expectThat(certificate.revokedAt !== null, 'The ledger does not say that it was revoked.');
    expectThat(certificate.lastUsedAt !== null, 'The ledger does not say when it was last used.');
    const path = { id: certificate.id };
    const receipt = (await api.GET('/v1/certificates/{id}/receipt', { params: { path } })).data!;
    const custodian = tour.get('crew').custodian.name.split(' ')[0];
    return `${entries.length} credentials of ${bot.name}, answered for by ${custodian}; last used ${certificate.lastUsedAt}, by ${receipt.source.kind} ${receipt.source.id}`;
  },
};
