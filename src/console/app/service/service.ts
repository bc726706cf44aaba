import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from '../../../client/schema.js';
import { stepUpDesk } from '../step-up/step-up-desk.js';
import { Problem, problemFrom } from './problem.js';
import { sessionEnd } from './session-end.js';

export type Schema = components['schemas'];

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The service, typed by its own OpenAPI document; the session is a cookie that no script can read.
 *
 * Every refusal is thrown as a {@link Problem}. Where it asks for a stronger proof, the person is asked in place and the
 * very same request (same bytes, same idempotency key) is sent again.
 */
export const service = createClient<paths>({ baseUrl: '', fetch: send });

const REFUSALS: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemFrom(response);
  },
};
service.use(REFUSALS);

async function send(request: Request): Promise<Response> {
  const body = SAFE.has(request.method) ? undefined : await request.arrayBuffer();
  const headers = new Headers(request.headers);
  if (body !== undefined && !headers.has('idempotency-key')) headers.set('idempotency-key', crypto.randomUUID());
  const init: RequestInit = {
    method: request.method,
    headers,
    credentials: 'same-origin',
    redirect: 'error',
    signal: request.signal,
    ...(body !== undefined && body.byteLength > 0 && { body }),
  };
  const response = await fetch(request.url, init);
  if (response.status !== 401) return response;
  const problem = await problemFrom(response.clone());
  if (problem.code !== 'step_up_required') {
    sessionEnd.tell(problem);
    return response;
  }
  const proof = await stepUpDesk.ask(problem);
  if (proof === undefined) throw new Problem(401, 'step_up_declined', 'Nothing was done: you did not confirm it.', '');
  if (proof.bound) headers.set('muster-step-up', proof.id);
  return fetch(request.url, { ...init, headers });
}

/** The data of an answer, which is there wherever the service did not refuse. */
export async function answerOf<Data>(answer: Promise<{ data?: Data }>): Promise<Data> {
  return (await answer).data as Data;
}
