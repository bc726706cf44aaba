import { gitlabAccount, vendorKey } from '../domain/identifiers.js';
import { innerDigest, isGuessable, canonicalSecret } from '../domain/fingerprint.js';
import type { AccountSeen, CredentialSeen } from '../domain/observation.js';
import { clueOf } from '../identities/reader.js';
import { accountSeen, environmentIn, held, told } from './accounts.js';
import { credentialSeen } from './credentials.js';
import { at, instantAt, textAt, textsAt } from './fields.js';
import { readSshPublicKey } from './ssh-public-key.js';

/** The group or project that answers speak of, by its path, and the server that they come from. */
export interface GitlabPlace {
  readonly path: string;
  readonly host: string;
  /** The group that the source is of: all accounts are of one system. */
  readonly group: string;
}

const LEVELS: Readonly<Record<string, string>> = {
  10: 'guest',
  20: 'reporter',
  30: 'developer',
  40: 'maintainer',
  50: 'owner',
};
const SECRET_NAME = /pass|secret|token|key|credential|auth/i;

/** An access token of a group or project: GitLab makes a user for it that is nobody. */
export function accessTokenSeen(of: unknown, place: GitlabPlace): AccountSeen | undefined {
  const [id, user, name] = [textAt(of, 'id'), textAt(of, 'user_id'), textAt(of, 'name')];
  if (id === null) return undefined;
  const level = textAt(of, 'access_level');
  const lastUsedAt = instantAt(of, 'last_used_at');
  const through = level === null ? {} : { through: LEVELS[level] ?? `access level ${level}` };
  const token = held({
    keyId: vendorKey('gitlab', `${place.host}/token/${id}`),
    createdAt: instantAt(of, 'created_at'),
    lastUsedAt,
    expiresAt: instantAt(of, 'expires_at'),
    active: at(of, 'active') !== false && at(of, 'revoked') !== true,
  });
  return accountSeen({
    system: systemOf(place),
    accountKind: 'machine-user',
    name: `${name ?? `token ${id}`} (${place.path})`,
    identifiers: [
      user === null ? gitlabAccount(place.host, 'access-token', id) : gitlabAccount(place.host, 'user', user),
    ],
    path: `${place.path}/access-tokens/${id}`,
    grants: textsAt(of, 'scopes').map((privilege) => ({ privilege, resource: place.path, ...through })),
    credentials: [token],
    facts: {
      createdAt: token.createdAt,
      lastUsedAt,
      expiresAt: token.expiresAt,
      disabled: !token.active,
      human: false,
      privileged: Number(level) >= 50 && textsAt(of, 'scopes').includes('api'),
      environment: environmentIn(name, place.path),
    },
  });
}

export function deployTokenSeen(of: unknown, place: GitlabPlace): AccountSeen | undefined {
  const [id, name] = [textAt(of, 'id'), textAt(of, 'name')];
  if (id === null) return undefined;
  const active = at(of, 'revoked') !== true && at(of, 'expired') !== true;
  return accountSeen({
    system: systemOf(place),
    accountKind: 'machine-user',
    name: `${name ?? `deploy token ${id}`} (${place.path})`,
    identifiers: [gitlabAccount(place.host, 'deploy-token', id)],
    path: `${place.path}/deploy-tokens/${id}`,
    grants: textsAt(of, 'scopes').map((privilege) => ({ privilege, resource: place.path })),
    credentials: [
      held({
        keyId: vendorKey('gitlab', `${place.host}/deploy-token/${id}`),
        expiresAt: instantAt(of, 'expires_at'),
        active,
      }),
    ],
    facts: {
      expiresAt: instantAt(of, 'expires_at'),
      disabled: !active,
      human: false,
      more: told({ user: textAt(of, 'username') }),
    },
  });
}

export function gitlabDeployKeySeen(of: unknown, place: GitlabPlace): AccountSeen | undefined {
  const [id, line] = [textAt(of, 'id'), at(of, 'key')];
  if (id === null) return undefined;
  const key = typeof line === 'string' ? readSshPublicKey(line) : null;
  const facts = { createdAt: instantAt(of, 'created_at'), expiresAt: instantAt(of, 'expires_at') };
  return accountSeen({
    system: systemOf(place),
    accountKind: 'deploy-key',
    name: `${textAt(of, 'title') ?? `deploy key ${id}`} (${place.path})`,
    identifiers: [gitlabAccount(place.host, 'deploy-key', id)],
    path: `${place.path}/deploy-keys/${id}`,
    grants: [{ privilege: at(of, 'can_push') === true ? 'write_repository' : 'read_repository', resource: place.path }],
    credentials: key ? [held({ keyId: key.name, publicKey: key.publicKey, ...facts })] : [],
    facts: { ...facts, human: false, more: told({ fingerprint: key?.fingerprint }) },
  });
}

/** GitLab tells what a variable holds to whoever may change it: of what looks like a secret the digest is taken, and nothing kept. */
export function variableSeen(of: unknown, place: GitlabPlace): CredentialSeen | undefined {
  const [name, value] = [textAt(of, 'key'), at(of, 'value')];
  const isSecret = at(of, 'masked') === true || at(of, 'hidden') === true || SECRET_NAME.test(name ?? '');
  if (name === null || !isSecret) return undefined;
  const secret = typeof value === 'string' && value.length >= 4 ? canonicalSecret(value) : null;
  const scope = textAt(of, 'environment_scope');
  return credentialSeen({
    rule: 'gitlab-variable',
    vendor: 'GitLab',
    name: `GitLab CI/CD variable ${name}`,
    secretKind: 'password',
    keyIds: [vendorKey('gitlab', `variable/${place.path.toLowerCase()}/${name}`)],
    digest: secret === null ? null : innerDigest(secret).toString('base64url'),
    guessable: secret !== null && isGuessable('password', secret),
    because: ['GitLab lists it.'],
    clues: [
      clueOf('gitlab-variable', `GitLab variable ${name} of ${place.path}`, {
        variable: name,
        scope,
        environment: environmentIn(scope),
        isMasked: String(at(of, 'masked') === true),
        isProtected: String(at(of, 'protected') === true),
      }),
    ],
    path: `${place.path}/variables/${name}`,
  });
}

function systemOf({ host, group }: GitlabPlace): string {
  return `gitlab ${host}/${group.toLowerCase()}`;
}
