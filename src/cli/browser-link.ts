import { type Connection, ServiceRefusal } from '../client/index.js';

/** A page to show the person. */
export interface BrowserLink {
  readonly url: string;
  /** Whether it signs the browser in, once: then it is a secret until it expires. */
  readonly signsIn: boolean;
  readonly expiresAt?: string;
}

/** Refusals that say: sign the browser in with what you have enrolled. */
const HAS_OTHER_WAYS = ['presence_required', 'step_up_required'];

/**
 * A link to a page of the console. Where the person has nothing yet to sign in there with, it signs their browser in.
 *
 * @param connection as the person, without any stepping up
 * @param page a path, for example `/me`
 */
export async function browserLink(connection: Connection, page: string): Promise<BrowserLink> {
  const me = (await connection.api.GET('/v1/me')).data!;
  if (me.authenticators.reach === null) {
    try {
      const { data } = await connection.api.POST('/v1/browser-sign-ins', { body: { next: page } });
      return { url: data!.url, signsIn: true, expiresAt: data!.expiresAt };
    } catch (error) {
      if (!(error instanceof ServiceRefusal) || !HAS_OTHER_WAYS.includes(error.code)) throw error;
    }
  }
  const { data } = await connection.api.GET('/.well-known/oauth-authorization-server', {});
  return { url: new URL(page, data!.issuer).href, signsIn: false };
}
