import { isIPv6, SocketAddress } from 'node:net';
import { accountOf } from '../identities/aws.js';

/**
 * What accounts and credentials are called, one way of writing for each, so that the same one seen in two systems' words is the
 * same: a scheme, a colon, and what is unique within it. Equal text is equal thing; nothing else is compared.
 *
 * Those of a *credential* say which one it is (`isCredential`); all others say whose.
 */

const CREDENTIAL_SCHEMES = new Set(['aws-key', 'github-token', 'key', 'public-key', 'serial', 'ssh-key', 'thumbprint']);
/** Hosts that are another machine wherever they stand: a name at one of them names nobody. */
const NOWHERE = /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|::1|0\.0\.0\.0|host\.docker\.internal|)$/;
const ARN = /^arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):(root|[a-z-]+\/.+)$/i;
const SPIFFE = /^spiffe:\/\/([^/?#]+)(\/[^?#]*)?$/i;

/** Whether it names one credential rather than an account. */
export function isCredential(identifier: string): boolean {
  return CREDENTIAL_SCHEMES.has(schemeOf(identifier));
}

/** Whether it names an account of a server that is known by its address. */
export function isOfServer(identifier: string): boolean {
  return schemeOf(identifier) in DEFAULT_PORTS;
}

export function schemeOf(identifier: string): string {
  return identifier.slice(0, Math.max(0, identifier.indexOf(':')));
}

/**
 * The principal of an ARN: partitions and paths are left out, because an account's number is unique over all partitions and a
 * user's or role's name within its account, whatever its path and case; an assumed role's session is its role.
 *
 * @returns undefined where the text is no ARN of IAM or STS
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function awsPrincipal(arn: string): string | undefined {
  const [, account, resource] = ARN.exec(arn.trim()) ?? [];
  if (!account || !resource) return undefined;
  if (resource.toLowerCase() === 'root') return `aws:${account}:root`;
  const [kind, ...parts] = resource.split('/');
  const assumed = kind!.toLowerCase() === 'assumed-role';
  const name = assumed ? parts[0]! : parts.at(-1)!;
  return `aws:${account}:${assumed ? 'role' : kind!.toLowerCase()}/${name.toLowerCase()}`;
}

/** A user or role by its account and name. */
export function awsNamed(account: string, kind: 'user' | 'role' | 'group', name: string): string {
  return `aws:${account}:${kind}/${name.split('/').at(-1)!.toLowerCase()}`;
}

/** `AIDA…` of a user, `AROA…` of a role: never given twice. */
export function awsUniqueId(id: string): string {
  return `aws-id:${id.trim().toUpperCase()}`;
}

export function awsKey(id: string): string {
  return `aws-key:${id.trim().toUpperCase()}`;
}

export function googleAccount(email: string): string {
  return `google:${email.trim().toLowerCase()}`;
}

/** Google's own number of a service account or OAuth client. */
export function googleClient(clientId: string): string {
  return `google-client:${clientId.trim().toLowerCase()}`;
}

/** An application by its client id, which is unique over all tenants. */
export function azureApplication(clientId: string): string {
  return `azure:${guid(clientId)}`;
}

/** A service principal or managed identity by its object id. */
export function azurePrincipal(objectId: string): string {
  return `azure-principal:${guid(objectId)}`;
}

/**
 * An account of a server that is known by its address.
 *
 * @param system `postgresql`, `mysql`, `redis`, `mongodb`, `rabbitmq`, …, in whatever case
 * @param user as it signs in, in its own case: servers tell `App` and `app` apart
 * @param from the host that it may come from, where accounts differ by it (`user@host` of MySQL); `%` and none are any
 * @returns undefined where the address is another machine wherever it stands (`localhost`)
 */
export function serverAccount(
  system: string,
  host: string,
  port: number | string | null,
  user: string,
  from?: string,
): string | undefined {
  const server = serverOf(system, host, port);
  if (server === undefined || user === '') return undefined;
  const only = from === undefined || from === '%' || from === '' ? '' : `@${from.toLowerCase()}`;
  return `${server}:${user}${only}`;
}

/** `postgresql:db.example:5432`, what accounts of a server begin with. */
export function serverOf(system: string, host: string, port: number | string | null): string | undefined {
  const name = normalHost(host);
  if (NOWHERE.test(name)) return undefined;
  const scheme = normalSystem(system);
  return `${scheme}:${name}:${port ?? DEFAULT_PORTS[scheme] ?? ''}`;
}

/** @param issuer of the cluster's tokens, or the cluster's name where no issuer is known */
export function kubernetesAccount(issuer: string, namespace: string, name: string): string {
  return `kubernetes:${normalAddress(issuer)}:${namespace}/${name}`;
}

/** A service account's own number, which says of which cluster it is. */
export function kubernetesUid(uid: string): string {
  return `kubernetes-uid:${guid(uid)}`;
}

/** Trust domains are the same in whatever case, paths are not (SPIFFE ID §2). */
export function spiffeId(id: string): string | undefined {
  const [, domain, path] = SPIFFE.exec(id.trim()) ?? [];
  return domain ? `spiffe://${domain.toLowerCase()}${path ?? ''}` : undefined;
}

/** Whom an issuer's tokens are about (RFC 7519 §4.1.2: unique within the issuer). */
export function subject(issuer: string, name: string): string {
  return `subject:${normalAddress(issuer)} ${name}`;
}

/** @param host `github.com`, or one's own server's */
export function githubApp(id: string | number, host = 'github.com'): string {
  return `github:${normalHost(host)}:app/${id}`;
}

export function githubInstallation(id: string | number, host = 'github.com'): string {
  return `github:${normalHost(host)}:installation/${id}`;
}

/** @param repository `owner/name` */
export function githubDeployKey(repository: string, id: string | number, host = 'github.com'): string {
  return `github:${normalHost(host)}:deploy-key/${repository.toLowerCase()}/${id}`;
}

export function githubUser(login: string, host = 'github.com'): string {
  return `github:${normalHost(host)}:user/${login.toLowerCase()}`;
}

/** @param hashed base64 of its SHA-256, as audit logs write it */
export function githubToken(hashed: string): string {
  return `github-token:${hashed}`;
}

/** @param kind `user`, `project`, `group`, `deploy-token`, `deploy-key` */
export function gitlabAccount(host: string, kind: string, id: string | number): string {
  return `gitlab:${normalHost(host)}:${kind}/${String(id).toLowerCase()}`;
}

/** An account that only its vendor knows by that name: a bot, an installation. */
export function vendorAccount(vendor: string, kind: string, id: string): string {
  return `account:${vendor.toLowerCase()}:${kind}/${id}`;
}

/** What a vendor calls one key or token of its own. */
export function vendorKey(vendor: string, id: string): string {
  return `key:${vendor.toLowerCase()}:${id}`;
}

/** @param spkiSha256 of the SubjectPublicKeyInfo, hexadecimal */
export function publicKey(spkiSha256: string): string {
  return `public-key:${hexadecimal(spkiSha256)}`;
}

/** @param fingerprint as OpenSSH writes it: `SHA256:…` */
export function sshKey(fingerprint: string): string {
  return `ssh-key:${fingerprint.trim().replace(/=+$/, '')}`;
}

/** A certificate's serial number: unique for its issuer, and by chance for all (RFC 5280 §4.1.2.2). */
export function serial(number: string): string {
  return `serial:${hexadecimal(number).replace(/^0+(?=.)/, '')}`;
}

/** SHA-256 of a whole certificate, hexadecimal. */
export function thumbprint(sha256: string): string {
  return `thumbprint:${hexadecimal(sha256)}`;
}

/**
 * In which system a name is one: an AWS account, a server, an organisation; two names of one system are compared with all that
 * its list holds.
 */
export function systemOf(identifier: string): string {
  const [scheme, first, second] = identifier.split(':');
  if (scheme === 'spiffe') return identifier.split('/').slice(0, 3).join('/');
  if (scheme === 'aws-key') return accountOf(first ?? '') === null ? identifier : `aws:${accountOf(first!)}`;
  if (scheme === 'google') return `google:${/@(.+)$/.exec(identifier)?.[1] ?? ''}`;
  if (scheme === 'subject') return identifier.split(' ')[0]!;
  if (scheme !== undefined && scheme in DEFAULT_PORTS) return `${scheme}:${first}:${second}`;
  // A server at an address that means another machine wherever it stands, or a kind of thing at a vendor.
  if (scheme === 'account') return identifier.split('/')[0]!;
  if (scheme === 'kubernetes') return identifier.slice(0, identifier.lastIndexOf(':'));
  return `${scheme}:${first ?? ''}`;
}

/** In whatever case, with or without a dot at the end (RFC 4343, RFC 1034 §3.1); an IPv6 address in its one way (RFC 5952), without brackets. */
export function normalHost(host: string): string {
  const name = host
    .trim()
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return isIPv6(name) && !name.includes('%') ? new SocketAddress({ family: 'ipv6', address: name }).address : name;
}

/** `https://Issuer.example/` and `issuer.example` are one. */
function normalAddress(address: string): string {
  const [, rest] = /^(?:https?:\/\/)?(.*?)\/*$/i.exec(address.trim()) ?? [];
  const slash = rest!.indexOf('/');
  return slash < 0 ? normalHost(rest!) : `${normalHost(rest!.slice(0, slash))}${rest!.slice(slash)}`;
}

const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  'sql server': 'sqlserver',
  mariadb: 'mysql',
  mssql: 'sqlserver',
  pg: 'postgresql',
  postgres: 'postgresql',
  rediss: 'redis',
  valkey: 'redis',
};

function normalSystem(system: string): string {
  const name = system.trim().toLowerCase();
  return SYSTEM_NAMES[name] ?? name.replaceAll(/[^a-z0-9]/g, '');
}

/** Servers that are known by host and port; the port where none is written. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  cockroachdb: 26257,
  mongodb: 27017,
  mysql: 3306,
  nats: 4222,
  neo4j: 7687,
  oracle: 1521,
  postgresql: 5432,
  rabbitmq: 5672,
  redis: 6379,
  redshift: 5439,
  sqlserver: 1433,
};

function guid(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^\{(.*)\}$/, '$1');
}

function hexadecimal(text: string): string {
  return text.trim().toLowerCase().replaceAll(':', '').replace(/^0x/, '');
}
