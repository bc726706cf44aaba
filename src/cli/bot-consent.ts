import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceRefusal } from '../client/index.js';
import { untilInterrupted } from './interruption.js';
import type { Output } from './output.js';

const ASK_AGAIN_MILLISECONDS = 1000;

/** What the token endpoint says of the consent it waits for. */
interface AccessRequest {
  readonly id: string;
  readonly url: string;
  readonly expires_at: string;
}

/**
 * Asks for what a person has to agree to first, and asks the very same again until they have, have refused, or the
 * request has expired.
 *
 * @throws ServiceRefusal `authorization_pending` at once when told not to wait; `access_denied`
 */
export async function whenAgreed<Answer>(
  ask: () => Promise<Answer>,
  { notices, waits }: { readonly notices: Output; readonly waits: boolean },
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const request = requestIn(error);
    if (!request || !waits) throw error;
    return untilInterrupted(
      notices,
      () => tell(notices, request),
      () => again(ask, request),
    );
  }
}

async function again<Answer>(ask: () => Promise<Answer>, { id }: AccessRequest): Promise<Answer> {
  for (;;) {
    await sleep(ASK_AGAIN_MILLISECONDS);
    try {
      return await ask();
    } catch (error) {
      // Another request under way means that this one has expired: whoever agrees to that one agrees to another thing.
      if (requestIn(error)?.id !== id) throw error;
    }
  }
}

function requestIn(error: unknown): AccessRequest | undefined {
  if (!(error instanceof ServiceRefusal) || error.code !== 'authorization_pending') return undefined;
  return error.problem['access_request'] as AccessRequest | undefined;
}

function tell(notices: Output, request: AccessRequest): void {
  notices.result({ accessRequest: request }, () => {
    notices.mark('strong', `Somebody has to agree to this first: ${request.url}`);
    notices.mark('dim', `Waiting until ${request.expires_at}; Ctrl-C gives up.`);
  });
}
