import { azureApplication, azurePrincipal, googleAccount, googleClient, vendorKey } from '../domain/identifiers.js';
import type { AccountSeen, GrantSeen } from '../domain/observation.js';
import { accountSeen, environmentIn, held, told } from './accounts.js';
import { at, instantAt, listAt, plain, textAt, textsAt } from './fields.js';
import { tooWideSubject } from './trust-policy.js';

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** Microsoft Graph's permissions by which one takes all others (Graph permissions reference, application roles). */
const TAKE_ALL: ReadonlySet<string> = new Set([
  '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8', // RoleManagement.ReadWrite.Directory
  '06b708a9-e830-4db3-a914-8e69da51d44f', // AppRoleAssignment.ReadWrite.All
  '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9', // Application.ReadWrite.All
]);

/**
 * Applications and service principals as `az ad app list`, `az ad sp list` or Microsoft Graph give them.
 *
 * @see https://learn.microsoft.com/en-us/graph/api/resources/application
 */
export function azureApplicationsIn(document: unknown, tenant: string, path: string): readonly AccountSeen[] {
  const all = Array.isArray(document) ? document : listAt(document, 'value');
  return all.flatMap((one) => {
    const appId = textAt(one, 'appId');
    if (appId === null || !GUID.test(appId)) return [];
    const objectId = textAt(one, 'id') ?? textAt(one, 'objectId');
    const owner = textAt(one, 'appOwnerOrganizationId');
    const home = textAt(one, 'tenantId') ?? (GUID.test(tenant) ? tenant : null);
    const grants = listAt(one, 'requiredResourceAccess').flatMap((access) =>
      listAt(access, 'resourceAccess').flatMap((right): GrantSeen[] => {
        const id = textAt(right, 'id');
        return id === null
          ? []
          : [
              {
                privilege: `${textAt(right, 'type') === 'Role' ? 'role' : 'scope'}:${id}`,
                resource: `api:${textAt(access, 'resourceAppId') ?? ''}`,
              },
            ];
      }),
    );
    const secrets = [...listAt(one, 'passwordCredentials'), ...listAt(one, 'keyCredentials')].map((credential) =>
      held({
        keyId: keyName(textAt(credential, 'keyId')),
        createdAt: instantAt(credential, 'startDateTime'),
        expiresAt: instantAt(credential, 'endDateTime'),
      }),
    );
    const name = textAt(one, 'displayName') ?? appId;
    const wide = listAt(one, 'federatedIdentityCredentials').flatMap(
      (trust) => tooWideSubject(textAt(trust, 'issuer') ?? '', textAt(trust, 'subject') ?? '') ?? [],
    );
    return accountSeen({
      system: `azure ${tenant.toLowerCase()}`,
      accountKind: textAt(one, 'servicePrincipalType') === 'ManagedIdentity' ? 'service-account' : 'application',
      name,
      identifiers:
        objectId !== null && GUID.test(objectId)
          ? [azureApplication(appId), azurePrincipal(objectId)]
          : [azureApplication(appId)],
      path: `${path}#${plain(name)}`,
      grants,
      credentials: secrets,
      facts: {
        createdAt: instantAt(one, 'createdDateTime'),
        disabled: at(one, 'accountEnabled') === false,
        human: false,
        thirdParty: owner !== null && home !== null && owner.toLowerCase() !== home.toLowerCase(),
        privileged: grants.some(({ privilege }) => TAKE_ALL.has(privilege.replace(/^role:/, ''))),
        environment: environmentIn(name, ...textsAt(one, 'tags')),
        more: told({
          audience: textAt(one, 'signInAudience'),
          hints: listAt(one, 'passwordCredentials')
            .flatMap((secret) => textAt(secret, 'hint') ?? [])
            .join(', '),
          tooWide: wide.join(' '),
        }),
      },
    });
  });
}

function keyName(id: string | null): string | null {
  return id === null ? null : vendorKey('azure', id.toLowerCase());
}

/** `gcloud iam service-accounts list --format=json`, or the API's page. */
export function googleAccountsIn(document: unknown, path: string): readonly AccountSeen[] {
  const all = Array.isArray(document) ? document : listAt(document, 'accounts');
  return all.flatMap((one) => {
    const email = textAt(one, 'email');
    if (email === null || !/@.{1,200}\.gserviceaccount\.com$/i.test(email)) return [];
    const client = textAt(one, 'uniqueId') ?? textAt(one, 'oauth2ClientId');
    const project = textAt(one, 'projectId') ?? projectOf(email);
    return accountSeen({
      system: `google ${project}`,
      accountKind: 'service-account',
      name: textAt(one, 'displayName') ?? email,
      identifiers: client === null ? [googleAccount(email)] : [googleAccount(email), googleClient(client)],
      path: `${path}#${email}`,
      facts: {
        disabled: at(one, 'disabled') === true,
        human: false,
        environment: environmentIn(project, textAt(one, 'displayName')),
        more: told({ email }),
      },
    });
  });
}

const KEY_NAME = /^projects\/[^/]{1,100}\/serviceAccounts\/([^/]{1,200})\/keys\/([0-9a-f]{8,64})$/i;

/** `gcloud iam service-accounts keys list --format=json`: those that somebody holds, and not those that Google keeps to itself. */
export function googleKeysIn(document: unknown, path: string): readonly AccountSeen[] {
  const all = Array.isArray(document) ? document : listAt(document, 'keys');
  return all.flatMap((one) => {
    const [, email, id] = KEY_NAME.exec(textAt(one, 'name') ?? '') ?? [];
    if (email === undefined || textAt(one, 'keyType') === 'SYSTEM_MANAGED') return [];
    const [createdAt, expiresAt] = [instantAt(one, 'validAfterTime'), instantAt(one, 'validBeforeTime')];
    return accountSeen({
      system: `google ${projectOf(email)}`,
      accountKind: 'service-account',
      name: email,
      identifiers: [googleAccount(email)],
      path: `${path}#${email}/${id}`,
      // The year 9999 is Google's word for never.
      credentials: [
        held({
          keyId: vendorKey('google', id!.toLowerCase()),
          createdAt,
          expiresAt: expiresAt?.startsWith('9999') === true ? null : expiresAt,
          active: at(one, 'disabled') !== true,
        }),
      ],
      facts: { human: false },
    });
  });
}

/** `gcloud projects get-iam-policy --format=json`: what service accounts are given on a project. */
export function googleBindingsIn(document: unknown, project: string, path: string): readonly AccountSeen[] {
  const byEmail = new Map<string, GrantSeen[]>();
  for (const binding of listAt(document, 'bindings'))
    for (const member of textsAt(binding, 'members')) {
      const [, email] = /^serviceAccount:([^?]{1,200}\.gserviceaccount\.com)$/i.exec(member) ?? [];
      const role = textAt(binding, 'role');
      if (email === undefined || role === null) continue;
      byEmail.set(email, [
        ...(byEmail.get(email) ?? []),
        {
          privilege: role,
          resource: `projects/${project}`,
          ...(at(binding, 'condition') !== undefined && { through: 'a condition' }),
        },
      ]);
    }
  return [...byEmail].map(([email, grants]) =>
    accountSeen({
      system: `google ${projectOf(email)}`,
      accountKind: 'service-account',
      name: email,
      identifiers: [googleAccount(email)],
      path: `${path}#${email}`,
      grants,
      facts: {
        human: false,
        privileged: grants.some(({ privilege }) =>
          /^roles\/(?:owner|editor|iam\.securityAdmin|resourcemanager\.projectIamAdmin)$/.test(privilege),
        ),
      },
    }),
  );
}

function projectOf(email: string): string {
  return /@([a-z0-9-]{1,60})\.iam\.gserviceaccount\.com$/i.exec(email)?.[1] ?? 'google';
}
