import type { Clue } from '../domain/finding.js';
import { asText, clueOf, type Reader, sentence, type Sight } from './reader.js';

const CLIENT_ID = /\b(\d{6,21})-([0-9a-z]{32})\.apps\.googleusercontent\.com\b/;
const OAUTH_SECRET = /^(?:GOCSPX-|1\/\/)|^ya29\./;

/** Fields of a service account's key file, in whatever order they stand. */
export interface ServiceAccountKey {
  readonly client_email?: unknown;
  readonly project_id?: unknown;
  readonly private_key_id?: unknown;
  readonly client_id?: unknown;
}

/**
 * The service account whose key file surrounds a private key, and the client that an OAuth secret belongs to.
 *
 * @see https://docs.cloud.google.com/iam/docs/keys-create-delete
 */
export const google: Reader = {
  name: 'google',
  read: (sight) => {
    const clue = keyFileClue(sight) ?? clientClue(sight);
    return clue && [clue];
  },
};

export function serviceAccountClue(key: ServiceAccountKey): Clue | undefined {
  const clientEmail = asText(key.client_email)?.toLowerCase();
  if (!clientEmail) return undefined;
  const project = asText(key.project_id) ?? /@([a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(clientEmail)?.[1];
  return clueOf('google-service-account', `Google service account ${clientEmail}`, {
    clientEmail,
    project,
    keyId: asText(key.private_key_id)?.toLowerCase(),
    clientId: asText(key.client_id),
  });
}

function keyFileClue({ secret, text, around }: Sight): Clue | undefined {
  if (!secret.includes('PRIVATE KEY-----') && !secret.includes('"client_email"')) return undefined;
  const near = `${text}\n${around}`;
  const field = (name: string): string | undefined =>
    new RegExp(`"${name}"\\s{0,8}:\\s{0,8}"([^"\\\\]{1,256})"`).exec(near)?.[1];
  if (!/"type"\s{0,8}:\s{0,8}"service_account"/.test(near)) return undefined;
  return serviceAccountClue({
    client_email: field('client_email'),
    project_id: field('project_id'),
    private_key_id: field('private_key_id'),
    client_id: field('client_id'),
  });
}

function clientClue({ secret, text, around, rule }: Sight): Clue | undefined {
  if (!OAUTH_SECRET.test(secret) && rule.vendor !== 'Google') return undefined;
  const [clientId, projectNumber] = CLIENT_ID.exec(`${text}\n${around}`) ?? [];
  if (!clientId) return undefined;
  const words = sentence('Google OAuth client', clientId);
  return clueOf('google-oauth-client', words, { clientId, projectNumber });
}
