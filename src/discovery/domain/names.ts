import type { Clue } from './finding.js';
import {
  awsKey,
  awsNamed,
  awsPrincipal,
  awsUniqueId,
  azureApplication,
  azurePrincipal,
  githubApp,
  githubInstallation,
  githubToken,
  googleAccount,
  googleClient,
  isCredential,
  kubernetesAccount,
  kubernetesUid,
  publicKey,
  serial,
  serverAccount,
  spiffeId,
  sshKey,
  subject,
  thumbprint,
  vendorAccount,
  vendorKey,
} from './identifiers.js';
import type { CredentialSeen } from './observation.js';

/** What a credential is called, and whose it says it is. */
export interface Names {
  readonly credential: readonly string[];
  readonly account: readonly string[];
}

type Facts = Readonly<Record<string, string | undefined>>;
type Reading = (facts: Facts) => readonly (string | undefined)[];

/** A name where there is one to be made of the fact. */
function of(fact: string | undefined, name: (fact: string) => string | undefined): string | undefined {
  return fact === undefined ? undefined : name(fact);
}

const KEY_PAIR: Reading = ({ spkiSha256, sshSha256 }) => [of(spkiSha256, publicKey), of(sshSha256, sshKey)];
const USER_AT_HOST: Reading = ({ user, host }) => [
  user && host && !/^(?:localhost|127\.)/.test(host) ? vendorAccount('login', host, user) : undefined,
];

/** By who said it. What stands in none of these names what it opens at most, and nobody. */
const READINGS: Readonly<Record<string, Reading>> = {
  'aws-key-id': ({ keyId, resource }) => [of(keyId, resource?.includes('key') ? awsKey : awsUniqueId)],
  'aws-arn': ({ arn }) => [of(arn, awsPrincipal)],
  'azure-application': ({ clientId }) => [of(clientId, azureApplication)],
  'azure-iot-hub': ({ host, keyName, device }) => [
    of(host, (hub) => vendorAccount('azure-iot', hub, device ?? keyName ?? '*')),
  ],
  'azure-sas': ({ objectId, skoid }) => [of(objectId ?? skoid, azurePrincipal)],
  'azure-service-bus': ({ host, keyName }) => [of(host, (bus) => vendorAccount('azure-bus', bus, keyName ?? '*'))],
  'azure-storage': ({ account }) => [of(account, (name) => vendorAccount('azure-storage', 'account', name))],
  'basic-auth': USER_AT_HOST,
  certificate: (facts) => [
    ...KEY_PAIR(facts),
    of(facts['serial'], serial),
    of(facts['thumbprintSha256'], thumbprint),
    of(facts['spiffeId'], spiffeId) ?? certificateName(facts),
  ],
  database: ({ system, host, port, user }) => [
    system && host && user ? serverAccount(system, host, port ?? null, user) : undefined,
  ],
  discord: ({ bot }) => [of(bot, (id) => vendorAccount('discord', 'bot', id))],
  'discord-webhook': ({ hook }) => [of(hook, (id) => vendorAccount('discord', 'webhook', id))],
  github: ({ appId, installation, hashedToken }) => [
    of(hashedToken, githubToken),
    of(installation, githubInstallation),
    of(appId, githubApp),
  ],
  'google-oauth-client': ({ clientId }) => [of(clientId, googleClient)],
  'google-service-account': ({ clientEmail, keyId }) => [
    of(clientEmail, googleAccount),
    of(keyId, (id) => vendorKey('google', id)),
  ],
  jfrog: ({ user, service }) => [user && service ? vendorAccount('jfrog', service, user) : undefined],
  jwk: KEY_PAIR,
  jwt: ({ issuer, subject: whom, clientId, tenant, objectId }) => [
    tenant ? of(clientId, azureApplication) : undefined,
    tenant ? of(objectId, azurePrincipal) : undefined,
    whom?.startsWith('spiffe://') ? spiffeId(whom) : issuer && whom ? subject(issuer, whom) : undefined,
  ],
  'key-store': KEY_PAIR,
  'kubernetes-service-account': ({ issuer, namespace, serviceAccount, uid }) => [
    of(uid, kubernetesUid),
    namespace && serviceAccount ? kubernetesAccount(issuer ?? '*', namespace, serviceAccount) : undefined,
  ],
  login: USER_AT_HOST,
  nats: ({ publicKey: key, role }) => [of(key, (name) => vendorAccount('nats', role ?? 'user', name))],
  'private-key': KEY_PAIR,
  registry: USER_AT_HOST,
  slack: ({ teamNumber, team, bot, user, hook }) => [
    of(bot, (id) => vendorAccount('slack', teamNumber ?? '*', id)),
    of(user, (id) => vendorAccount('slack', teamNumber ?? '*', id)),
    of(hook, (id) => vendorAccount('slack', team ?? '*', id)),
  ],
  'ssh-key': KEY_PAIR,
  telegram: ({ bot }) => [of(bot, (id) => vendorAccount('telegram', 'bot', id))],
};

/** What one clue calls the credential and its holder; a key that only its vendor counts is known by the vendor's number. */
export function namesOfClue({ from, facts }: Clue): readonly string[] {
  const reading = READINGS[from];
  const vendorsOwn = facts['keyId'] ?? facts['tokenId'];
  const names = reading ? reading(facts) : [of(vendorsOwn, (id) => vendorKey(from, id)), ...fromState(facts)];
  return names.filter((name) => name !== undefined);
}

/** All that a credential is called, and all that says whose it is, each once. */
export function namesOf(seen: Pick<CredentialSeen, 'clues' | 'holders' | 'keyIds' | 'publicKey' | 'serials'>): Names {
  const said = [
    ...(seen.publicKey === null ? [] : [publicKey(seen.publicKey)]),
    ...seen.keyIds,
    ...seen.serials.map(serial),
    ...seen.clues.flatMap(namesOfClue),
    ...awsUser(seen.clues),
  ];
  const all = [...new Set([...seen.holders, ...said])];
  return { credential: all.filter(isCredential), account: all.filter((name) => !isCredential(name)) };
}

/** A state names the user, and the key the account: neither by itself is a name. */
function awsUser(clues: readonly Clue[]): readonly string[] {
  const user = clues.find(({ from }) => from === 'aws-user')?.facts['user'];
  const account = clues.find(({ from }) => from === 'aws-key-id')?.facts['account'];
  return user && account ? [awsNamed(account, 'user', user)] : [];
}

/** Terraform's state gives attributes of whatever provider: those whose meaning is the same everywhere are read. */
function fromState(facts: Facts): readonly (string | undefined)[] {
  return [of(facts['arn'], awsPrincipal), of(facts['clientEmail'] ?? facts['email'], emailOfService)];
}

function emailOfService(email: string): string | undefined {
  return email.endsWith('.gserviceaccount.com') ? googleAccount(email) : undefined;
}

function certificateName({ issuer, commonName }: Facts): string | undefined {
  return issuer && commonName ? `x509:${issuer}:${commonName}` : undefined;
}
