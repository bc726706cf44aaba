import type { Clue } from '../domain/finding.js';
import { asRecord, asText, clueOf, normalHost, type Reader, readJson, sentence } from './reader.js';
import { instantOf } from './jwt.js';

const DSN = /https:\/\/([0-9a-f]{32})(?::[0-9a-f]{32})?@(?:o(\d{1,20})\.)?([a-z0-9.-]{3,255})\/(\d{1,20})/i;

/**
 * The organisation of a Sentry token, and organisation and project of a DSN.
 *
 * @see https://docs.sentry.io/account/auth-tokens/, https://docs.sentry.io/concepts/key-terms/dsn-explainer/
 */
export const sentry: Reader = {
  name: 'sentry',
  read: ({ secret, text }) => {
    const clue = tokenClue(secret) ?? dsnClue(`${text}\n${secret}`);
    return clue && [clue];
  },
};

function tokenClue(secret: string): Clue | undefined {
  const [, body] = /^sntrys_([A-Za-z0-9+/=]{8,2048})_/.exec(secret) ?? [];
  const token = body && asRecord(readJson(Buffer.from(body, 'base64').toString('utf8')));
  if (!token) return undefined;
  const organization = asText(token['org'])?.toLowerCase();
  const region = asText(token['region_url']);
  const facts = { organization, region, url: asText(token['url']), issuedAt: instantOf(token['iat'])?.toISOString() };
  return clueOf('sentry', sentence('Sentry organisation', organization, region && `at ${region}`), facts);
}

function dsnClue(text: string): Clue | undefined {
  const [, publicKey, organization, host, project] = DSN.exec(text) ?? [];
  if (!publicKey || !/sentry/i.test(host!)) return undefined;
  const words = sentence('Sentry project', project, organization && `of organisation ${organization}`);
  return clueOf('sentry', words, {
    organizationNumber: organization,
    project,
    host: normalHost(host!),
    keyId: publicKey,
  });
}
