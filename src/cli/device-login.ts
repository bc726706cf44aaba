import { setTimeout as sleep } from 'node:timers/promises';
import { type components, type Connection, ServiceRefusal } from '../client/index.js';
import type { Browser } from './browser.js';
import { CliError } from './errors.js';
import { FORM } from './form.js';
import { untilInterrupted } from './interruption.js';
import type { Output } from './output.js';

export type SessionToken = components['schemas']['SessionTokenAnswer'];
type Asked = components['schemas']['DeviceAuthorizationAnswer'];

export const CLIENT_ID = 'muster-cli';
const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** How much longer to wait from then on, when told to slow down (RFC 8628 §3.5). */
const SLOWER_SECONDS = 5;

/**
 * Signs in by a code that the person types in any browser, on whichever device (RFC 8628).
 *
 * @throws CliError `sign_in_refused`; ServiceRefusal `authorization_pending` at once when told not to wait
 */
export async function signInByDevice(
  connection: Connection,
  host: string,
  surroundings: { readonly notices: Output; readonly browser: Browser; readonly waits: boolean },
): Promise<SessionToken> {
  const { notices, browser, waits } = surroundings;
  const body = { client_id: CLIENT_ID, host };
  const asked = (await connection.api.POST('/v1/device-authorizations', { body, ...FORM })).data!;
  const url = asked.verification_uri_complete;
  const opened = waits && (await browser.open(url));
  const shown = { code: asked.user_code, url, verificationUrl: asked.verification_uri, expiresIn: asked.expires_in };
  const tell = () =>
    notices.result({ deviceSignIn: shown }, () => {
      notices.say(opened ? `Your browser shows ${url}` : `Open ${asked.verification_uri} in any browser, and type`);
      notices.mark('strong', `  ${asked.user_code}`);
      notices.mark('dim', `Waiting for up to ${Math.round(asked.expires_in / 60)} minutes; Ctrl-C gives up.`);
    });
  if (waits) return untilInterrupted(notices, tell, () => poll(connection, asked));
  tell();
  return exchange(connection, asked);
}

async function poll(connection: Connection, asked: Asked): Promise<SessionToken> {
  for (let intervalSeconds = asked.interval; ;) {
    await sleep(intervalSeconds * 1000);
    try {
      return await exchange(connection, asked);
    } catch (error) {
      if (!(error instanceof ServiceRefusal)) throw error;
      if (error.code === 'slow_down') intervalSeconds += SLOWER_SECONDS;
      else if (error.code !== 'authorization_pending') throw refused(error);
    }
  }
}

async function exchange(connection: Connection, asked: Asked): Promise<SessionToken> {
  const body = { grant_type: DEVICE_CODE_GRANT, client_id: CLIENT_ID, device_code: asked.device_code };
  return (await connection.api.POST('/v1/device-token', { body, ...FORM })).data!;
}

function refused(cause: ServiceRefusal): CliError {
  return new CliError('sign_in_refused', `${cause.message} Run muster login again.`, {
    details: { reason: cause.code },
  });
}
