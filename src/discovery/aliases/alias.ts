import type { Id } from '../../kernel/index.js';
import {
  awsKey,
  awsPrincipal,
  awsUniqueId,
  azureApplication,
  googleAccount,
  publicKey,
  schemeOf,
  serial,
  spiffeId,
  sshKey,
  thumbprint,
} from '../domain/identifiers.js';
import type { Clue } from '../domain/finding.js';
import { namesOfClue } from '../domain/names.js';
import { urlClue } from '../identities/database-url.js';
import { namesOfKey, readSshPublicKey } from '../sources/ssh-public-key.js';

/** What an identity, or a credential of it, is called in another system. */
export interface Alias {
  readonly id: Id<'alias'>;
  readonly identityId: Id<'identity'>;
  readonly identifier: string;
  readonly system: string;
  readonly addedBy: string;
  readonly addedAt: Date;
  readonly removedBy: string | null;
  readonly removedAt: Date | null;
}

const AWS_UNIQUE = /^A(?:IDA|ROA|SCA|PKA)[A-Z0-9]{16,17}$/i;
const AWS_KEY = /^A[KS]IA[A-Z0-9]{16}$/i;
/** As findings read it, but that nobody writes a password. */
const SERVER = /^([a-z][a-z0-9+]{1,20}:\/\/[^\s:@/]{1,256})(@(?:\[[0-9a-f:.]+\]|[^\s@/[\]])+(?:\/\S*)?)$/i;
const GOOGLE = /^(?:serviceAccount:|projects\/[^\s/]+\/serviceAccounts\/)?([^\s@:/]+@[^\s@]+\.gserviceaccount\.com)$/i;
const GUID = /^(?:azure:)?\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i;
/** How certificates' fingerprints are written; without colons it is a public key's. */
const COLONS = /^(?:sha256:)?[0-9a-f]{2}(?::[0-9a-f]{2}){31}$/i;
const SSH = /^SHA256:[A-Za-z0-9+/]{43}=?$/;
const HEX_64 = /^[0-9a-f]{64}$/i;
/** What has no form of its own is written with its scheme: `azure:<client id>`, `github:github.com:app/1234`. */
const SCHEMES = new Set([
  ...['account', 'aws', 'aws-id', 'aws-key', 'azure', 'azure-principal', 'github', 'github-token', 'gitlab', 'google'],
  ...[
    'google-client',
    'key',
    'kubernetes',
    'kubernetes-uid',
    'public-key',
    'serial',
    'ssh-key',
    'subject',
    'thumbprint',
  ],
  ...[
    'x509',
    'clickhouse',
    'cockroachdb',
    'couchbase',
    'db2',
    'elasticsearch',
    'ftp',
    'ldap',
    'mongodb',
    'mqtt',
    'mysql',
  ],
  ...[
    'nats',
    'neo4j',
    'oracle',
    'postgresql',
    'rabbitmq',
    'redis',
    'redshift',
    'sftp',
    'smtp',
    'snowflake',
    'sqlserver',
  ],
  'ssh',
]);
/** As long as the line of an RSA key of 8192 bits. */
const MOST_CHARACTERS = 2048;
/** Of what stays as it is written. */
const MOST_OF_NAMES = 600;

/**
 * What an administrator writes, in the one way that names are written here: an ARN, an access key's id, a service account's
 * address, an application's id in Azure, `postgresql://user@host:5432`, a SPIFFE id, an SSH key's public line or `SHA256:…` of it, a
 * certificate's fingerprint, `public-key:…`, or any name that a finding shows.
 *
 * @returns undefined where it is nothing that is known
 */
export function identifierIn(text: string): string | undefined {
  const told = text.trim();
  if (told.length > MOST_CHARACTERS || /[\u0000-\u001f\u007f]/.test(told)) return undefined;
  if (/^arn:/i.test(told)) return awsPrincipal(told);
  if (AWS_KEY.test(told)) return awsKey(told);
  if (AWS_UNIQUE.test(told)) return awsUniqueId(told);
  if (/^spiffe:\/\//i.test(told)) return spiffeId(told);
  const [, email] = GOOGLE.exec(told) ?? [];
  if (email) return googleAccount(email);
  if (GUID.test(told)) return azureApplication(told.replace(/^azure:/i, ''));
  if (SSH.test(told)) return sshKey(told);
  if (COLONS.test(told)) return thumbprint(told.replace(/^sha256:/i, ''));
  if (HEX_64.test(told)) return publicKey(told);
  const line = readSshPublicKey(told);
  if (line) return namesOfKey(line)[0];
  const [, before, after] = SERVER.exec(told) ?? [];
  if (before && after) return namesOfClue(urlClue(`${before}:-${after}`) ?? NOBODY)[0];
  if (/^serial:/i.test(told)) return serial(told.slice('serial:'.length));
  if (told.length > MOST_OF_NAMES) return undefined;
  return SCHEMES.has(schemeOf(told)) && told.length > schemeOf(told).length + 1 ? told : undefined;
}

const NOBODY: Clue = { from: '', words: '', facts: {} };
