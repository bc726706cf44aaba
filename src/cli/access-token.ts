import type { components, Connection } from '../client/index.js';
import { FORM } from './form.js';

export type AccessToken = components['schemas']['AccessTokenAnswer'];

/** Asks for an access token over a connection that shows the certificate it will be bound to. */
export async function requestAccessToken(
  mutual: Connection,
  ask: { readonly audience: string; readonly scope?: string | undefined },
): Promise<AccessToken> {
  const { data } = await mutual.api.POST('/v1/token', {
    body: {
      grant_type: 'client_credentials',
      audience: ask.audience,
      ...(ask.scope !== undefined && { scope: ask.scope }),
    },
    ...FORM,
  });
  return data!;
}
