import { githubApp, githubDeployKey, githubInstallation, githubUser, vendorKey } from '../domain/identifiers.js';
import type { AccountSeen, CredentialSeen, GrantSeen } from '../domain/observation.js';
import { clueOf } from '../identities/reader.js';
import { accountSeen, environmentIn, held, told } from './accounts.js';
import { credentialSeen } from './credentials.js';
import { at, fieldsAt, instantAt, textAt, textsAt } from './fields.js';
import { readSshPublicKey } from './ssh-public-key.js';

/** The organisation that answers speak of, and the server that they come from. */
export interface GithubPlace {
  readonly organisation: string;
  readonly host: string;
}

/** An app as it is installed: whose it is says its own page, where somebody asked for it. */
export function installationSeen(of: unknown, place: GithubPlace, owner: string | null): AccountSeen | undefined {
  const [id, app, slug] = [textAt(of, 'id'), textAt(of, 'app_id'), textAt(of, 'app_slug')];
  if (id === null) return undefined;
  const repositories = textAt(of, 'repository_selection') === 'all' ? '*' : 'selected repositories';
  const grants = permissionsIn(at(of, 'permissions'), `${place.organisation}/${repositories}`);
  const names = [githubInstallation(id, place.host)] as [string, ...string[]];
  if (app !== null) names.push(githubApp(app, place.host));
  return accountSeen({
    system: systemOf(place),
    accountKind: 'installation',
    name: slug ?? `installation ${id}`,
    identifiers: names,
    path: `installations/${slug ?? id}`,
    grants,
    facts: {
      createdAt: instantAt(of, 'created_at'),
      disabled: instantAt(of, 'suspended_at') !== null,
      human: false,
      thirdParty: owner !== null && owner.toLowerCase() !== place.organisation.toLowerCase(),
      privileged: grants.some(({ privilege }) =>
        /^(?:administration|organization_administration|members|secrets|organization_secrets|workflows):write$/.test(
          privilege,
        ),
      ),
      more: told({ owner, repositories }),
    },
  });
}

/** @param repository `owner/name` */
export function deployKeySeen(of: unknown, repository: string, place: GithubPlace): AccountSeen | undefined {
  const [id, line] = [textAt(of, 'id'), at(of, 'key')];
  if (id === null) return undefined;
  const key = typeof line === 'string' ? readSshPublicKey(line) : null;
  const mayWrite = at(of, 'read_only') === false;
  const title = textAt(of, 'title') ?? `deploy key ${id}`;
  return accountSeen({
    system: systemOf(place),
    accountKind: 'deploy-key',
    name: `${title} (${repository})`,
    identifiers: [githubDeployKey(repository, id, place.host)],
    path: `repositories/${repository}/deploy-keys/${id}`,
    grants: [{ privilege: mayWrite ? 'contents:write' : 'contents:read', resource: repository }],
    credentials: key
      ? [
          held({
            keyId: key.name,
            publicKey: key.publicKey,
            createdAt: instantAt(of, 'created_at'),
            lastUsedAt: instantAt(of, 'last_used'),
          }),
        ]
      : [],
    facts: {
      createdAt: instantAt(of, 'created_at'),
      lastUsedAt: instantAt(of, 'last_used'),
      disabled: at(of, 'enabled') === false,
      human: false,
      environment: environmentIn(title, repository),
      more: told({ addedBy: textAt(of, 'added_by'), fingerprint: key?.fingerprint }),
    },
  });
}

/** A secret that GitHub hands to workflows: its name is all that anybody is told. @param scope of the organisation or a repository */
export function secretNameSeen(of: unknown, scope: string, place: GithubPlace): CredentialSeen | undefined {
  const name = textAt(of, 'name');
  if (name === null) return undefined;
  const changed = instantAt(of, 'updated_at');
  return credentialSeen({
    rule: 'github-actions-secret',
    vendor: 'GitHub',
    name: `GitHub Actions secret ${name}`,
    secretKind: 'token',
    keyIds: [vendorKey('github', `secret/${scope.toLowerCase()}/${name.toUpperCase()}`)],
    because: ['GitHub lists it by name.'],
    clues: [
      clueOf('github-secret', `GitHub Actions secret ${name} of ${scope}`, {
        secretName: name,
        scope,
        changedAt: changed,
        visibility: textAt(of, 'visibility'),
      }),
    ],
    path: `${scope === place.organisation ? 'secrets' : `repositories/${scope}/secrets`}/${name}`,
  });
}

/** A fine-grained personal access token that the organisation let in. */
export function grantedTokenSeen(of: unknown, place: GithubPlace): AccountSeen | undefined {
  const [login, token] = [textAt(of, 'owner', 'login'), textAt(of, 'token_id') ?? textAt(of, 'id')];
  if (login === null || token === null) return undefined;
  const permissions = { ...fieldsAt(of, 'permissions', 'organization'), ...fieldsAt(of, 'permissions', 'repository') };
  const expiresAt = instantAt(of, 'token_expires_at');
  const lastUsedAt = instantAt(of, 'token_last_used_at');
  return accountSeen({
    system: systemOf(place),
    accountKind: 'user',
    name: login,
    identifiers: [githubUser(login, place.host)],
    path: `personal-access-tokens/${token}`,
    grants: permissionsIn(
      permissions,
      `${place.organisation}/${textAt(of, 'repository_selection') === 'all' ? '*' : 'selected repositories'}`,
    ),
    credentials: [
      held({
        keyId: vendorKey('github', `pat/${token}`),
        createdAt: instantAt(of, 'access_granted_at'),
        lastUsedAt,
        expiresAt,
        active: at(of, 'token_expired') !== true,
      }),
    ],
    facts: {
      lastUsedAt,
      human: textAt(of, 'owner', 'type') === 'Bot' ? false : null,
      more: told({ tokenName: textAt(of, 'token_name') }),
    },
  });
}

/** A token or SSH key that a member authorised for single sign-on; GitHub shows its last eight characters. */
export function authorisedSeen(of: unknown, place: GithubPlace): AccountSeen | undefined {
  const [login, id] = [textAt(of, 'login'), textAt(of, 'credential_id')];
  if (login === null || id === null) return undefined;
  const fingerprint = textAt(of, 'fingerprint');
  const lastUsedAt = instantAt(of, 'credential_accessed_at');
  return accountSeen({
    system: systemOf(place),
    accountKind: 'user',
    name: login,
    identifiers: [githubUser(login, place.host)],
    path: `credential-authorizations/${id}`,
    grants: textsAt(of, 'scopes').map((privilege) => ({ privilege, resource: place.organisation })),
    credentials: [
      held({
        keyId:
          fingerprint === null
            ? vendorKey('github', `credential/${id}`)
            : `ssh-key:SHA256:${fingerprint.replace(/^SHA256:/, '').replace(/=+$/, '')}`,
        suffix: textAt(of, 'token_last_eight'),
        createdAt: instantAt(of, 'credential_authorized_at'),
        lastUsedAt,
        expiresAt: instantAt(of, 'authorized_credential_expires_at'),
      }),
    ],
    facts: { lastUsedAt, more: told({ credential: textAt(of, 'credential_type') }) },
  });
}

function permissionsIn(permissions: unknown, resource: string): readonly GrantSeen[] {
  return Object.entries(fieldsAt(permissions)).flatMap(([name, level]) =>
    typeof level === 'string' ? [{ privilege: `${name}:${level === 'admin' ? 'write' : level}`, resource }] : [],
  );
}

function systemOf({ organisation, host }: GithubPlace): string {
  return `github ${host === 'github.com' ? '' : `${host}/`}${organisation.toLowerCase()}`;
}
