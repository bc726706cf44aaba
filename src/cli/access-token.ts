import type { components, Connection } from '../client/index.js';
import { FORM } from './form.js';

export type AccessToken = components['schemas']['AccessTokenAnswer'];

/** What a token is asked for. */
export interface TokenAsk {
  readonly audience: string;
  readonly scope?: string | undefined;
  /** A JSON array, sent as it is: what a person agreed to is compared with it (RFC 9396 §2). */
  readonly authorizationDetails?: string | undefined;
}

/** Asks for an access token over a connection that shows the certificate it will be bound to. */
export async function requestAccessToken(mutual: Connection, ask: TokenAsk): Promise<AccessToken> {
  const { audience, scope, authorizationDetails } = ask;
  const { data } = await mutual.api.POST('/v1/token', {
    body: {
      grant_type: 'client_credentials',
      audience,
      ...(scope !== undefined && { scope }),
      ...(authorizationDetails !== undefined && { authorization_details: authorizationDetails }),
    },
    ...FORM,
  });
  return data!;
}
