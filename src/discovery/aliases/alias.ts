import type { Id } from '../../kernel/index.js';
import {
  awsKey,
  awsPrincipal,
  awsUniqueId,
  googleAccount,
  publicKey,
  schemeOf,
  serial,
  serverAccount,
  spiffeId,
  sshKey,
} from '../domain/identifiers.js';

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
const SERVER =
  /^([a-z][a-z0-9]{1,20}):\/\/([^\s:@/]{1,128})@(\[[0-9a-f:]+\]|[^\s:@/]{1,255})(?::(\d{1,5}))?(?:\/\S*)?$/i;
const SSH = /^SHA256:[A-Za-z0-9+/]{43}=?$/;
const HEX_64 = /^[0-9a-f]{64}$/i;
/** What has no form of its own is written with its scheme: `azure:<client id>`, `github:github.com:app/1234`. */
const SCHEMES = new Set([
  ...['account', 'aws', 'aws-id', 'aws-key', 'azure', 'azure-principal', 'github', 'github-token', 'gitlab', 'google'],
  ...['google-client', 'key', 'kubernetes', 'kubernetes-uid', 'mongodb', 'mysql', 'oracle', 'postgresql', 'public-key'],
  ...['rabbitmq', 'redis', 'redshift', 'serial', 'sqlserver', 'ssh-key', 'subject', 'thumbprint', 'x509'],
]);
const MOST_CHARACTERS = 600;

/**
 * What an administrator writes, in the one way that names are written here: an ARN, an access key's id, a service account's
 * address, `postgresql://user@host:5432`, a SPIFFE id, `SHA256:…` of an SSH key, `public-key:…`, or any name that a finding shows.
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
  if (/^[^\s@:]+@[^\s@]+\.gserviceaccount\.com$/i.test(told)) return googleAccount(told);
  if (SSH.test(told)) return sshKey(told);
  if (HEX_64.test(told)) return publicKey(told);
  const [, system, user, host, port] = SERVER.exec(told) ?? [];
  if (system && user && host) return serverAccount(system, host, port ?? null, user);
  if (/^serial:/i.test(told)) return serial(told.slice('serial:'.length));
  return SCHEMES.has(schemeOf(told)) && told.length > schemeOf(told).length + 1 ? told : undefined;
}
