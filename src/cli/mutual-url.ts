import type { Connection } from '../client/index.js';

/** Where the service requires client certificates, as its metadata says (RFC 8414, RFC 8705 §5). */
export async function mutualUrlOf(connection: Connection): Promise<string> {
  const { data } = await connection.api.GET('/.well-known/oauth-authorization-server', {});
  return new URL(data!.mtls_endpoint_aliases.token_endpoint).origin;
}
