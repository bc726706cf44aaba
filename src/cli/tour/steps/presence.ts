import {
  type Connection,
  refusalFrom,
  ServiceRefusal,
  STEP_UP_HEADER,
  type StepUpAsked,
  stepUpAskedIn,
} from '../../../client/index.js';
import { CliError } from '../../errors.js';
import { expectRefusal, expectThat, type Step } from '../journey.js';
import type { Tour } from '../tour.js';

export const stepUp: Step<Tour> = {
  title: 'Try to revoke it with a session alone',
  proves:
    'What is hard to undo needs the person, now: their passkey signs the digest of exactly this request, for one use (RFC 9470).',
  async run(tour) {
    const { custodian, backup } = tour.get('crew');
    const { id } = tour.get('botCredential').issued;
    const path = `/v1/certificates/${id}/revocation`;
    const body = { reason: 'superseded' };
    const asked = await askedBy(post(custodian.plain, path, body));
    expectThat(asked.bound, 'The proof that is asked for is not bound to the request.');
    const shown = (await custodian.plain.api.GET('/v1/step-ups/{id}', { params: { path: { id: asked.stepUpId } } }))
      .data!;
    await custodian.presence.prove(custodian.post, asked);
    const other = post(custodian.plain, path, { reason: 'key-compromise' }, { [STEP_UP_HEADER]: asked.stepUpId });
    const code = await expectRefusal(other, 'step_up_mismatch', 'step_up_required');
    const elsewhere = post(backup.plain, path, body, { [STEP_UP_HEADER]: asked.stepUpId });
    await expectRefusal(elsewhere, 'step_up_mismatch', 'step_up_not_found', 'step_up_required');
    return `refused until ${asked.acrValues} is proved for “${shown.words}”; with one word changed, or by somebody else, that proof opens nothing (${code})`;
  },
};

/** Posts as whoever it is, with no more than this. */
async function post(
  connection: Connection,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await connection.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw await refusalFrom(response);
}

async function askedBy(call: Promise<unknown>): Promise<StepUpAsked> {
  try {
    await call;
  } catch (error) {
    const asked = error instanceof ServiceRefusal ? stepUpAskedIn(error.problem) : undefined;
    if (asked) return asked;
    throw error;
  }
  throw new CliError('step_failed', 'A session alone was enough.');
}
