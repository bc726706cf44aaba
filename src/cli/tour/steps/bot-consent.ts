import { requestAccessToken } from '../../access-token.js';
import { ServiceRefusal } from '../../../client/index.js';
import { CliError } from '../../errors.js';
import { expectRefusal, expectThat, type Step } from '../journey.js';
import { ORDER_ENTRY } from '../order-entry.js';
import type { Tour } from '../tour.js';

/** One thing that the bot may not do on its own. */
const PAYMENT = { type: 'payment', creditor: 'Clearing House AG', amount: '250000.00', currency: 'EUR' };

export const botAsksItsHuman: Step<Tour> = {
  title: 'Have the bot ask its human',
  proves:
    'A bot gets a token for one named thing only once the custodian who answers for it has agreed to exactly that (RFC 9396).',
  async run(tour) {
    const { custodian } = tour.get('crew');
    const { held } = tour.get('botCredential');
    const mutual = tour.context.connect({ url: tour.get('mutualUrl'), root: held.root, certificate: held });
    const ask = { audience: ORDER_ENTRY.target, authorizationDetails: JSON.stringify([PAYMENT]) };
    const id = await requestedBy(requestAccessToken(mutual, ask));
    const path = { id };
    const approval = (await custodian.api.GET('/v1/approvals/{id}', { params: { path } })).data!;
    expectThat(approval.payload?.includes(PAYMENT.amount) === true, 'The custodian does not see what is asked.');
    const body = { verdict: 'approve' as const, reason: 'The clearing house announced it' };
    await custodian.api.POST('/v1/approvals/{id}/decision', { params: { path }, body });
    const token = await requestAccessToken(mutual, ask);
    expectThat(token.authorization_details?.[0]?.['amount'] === PAYMENT.amount, 'The token is not for what was asked.');
    const again = requestAccessToken(mutual, {
      ...ask,
      authorizationDetails: JSON.stringify([{ ...PAYMENT, amount: '950000.00' }]),
    });
    const code = await expectRefusal(again, 'authorization_pending');
    const who = custodian.name.split(' ')[0];
    return `${who} saw and approved ${PAYMENT.amount} ${PAYMENT.currency} to ${PAYMENT.creditor}; the bot went on by itself, and for another amount has to ask again (${code})`;
  },
};

async function requestedBy(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ServiceRefusal) || error.code !== 'authorization_pending') throw error;
    return (error.problem['access_request'] as { readonly id: string }).id;
  }
  throw new CliError('step_failed', 'The bot got its token without anybody’s consent.');
}
