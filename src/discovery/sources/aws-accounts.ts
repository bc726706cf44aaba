import { awsKey, awsNamed, awsPrincipal, awsUniqueId } from '../domain/identifiers.js';
import type { AccountSeen, GrantSeen, HeldCredential } from '../domain/observation.js';
import { accountOf } from '../identities/aws.js';
import { accountSeen, environmentIn, held, told } from './accounts.js';
import { at, type Fields, instantAt, listAt, plain, textAt, textsAt } from './fields.js';
import { readTrustPolicy } from './trust-policy.js';

const MOST_STATEMENTS = 200;
const MOST_RESOURCES = 20;
/** With any of these on everything, one gives oneself whatever else one wants. */
const TAKE_ALL =
  /^(?:\*|iam:\*|iam:(?:attach(?:user|role|group)policy|put(?:user|role|group)policy|createpolicyversion|setdefaultpolicyversion|createaccesskey|createloginprofile|updateassumerolepolicy|passrole|\*))$/i;
const ADMINISTRATOR = /:policy\/AdministratorAccess$/;

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html */
export function accountsOfReport(rows: readonly Fields[], path: string): readonly AccountSeen[] {
  return rows.flatMap((row) => {
    const arn = textAt(row, 'arn');
    const name = arn === null ? undefined : awsPrincipal(arn);
    const [, account] = /::(\d{12}):/.exec(arn ?? '') ?? [];
    if (name === undefined || account === undefined) return [];
    const isRoot = name.endsWith(':root');
    const keys = [1, 2].flatMap((number): HeldCredential[] => {
      const active = textAt(row, `access_key_${number}_active`) === 'true';
      const createdAt = instantAt(row, `access_key_${number}_last_rotated`);
      if (!active && createdAt === null) return [];
      return [held({ active, createdAt, lastUsedAt: instantAt(row, `access_key_${number}_last_used_date`) })];
    });
    const uses = [instantAt(row, 'password_last_used'), ...keys.map(({ lastUsedAt }) => lastUsedAt)];
    const hasPassword = textAt(row, 'password_enabled') === 'true';
    return accountSeen({
      system: `aws ${account}`,
      accountKind: 'user',
      name: isRoot ? 'root' : (textAt(row, 'user') ?? name),
      identifiers: [name],
      path: `${path}#${plain(textAt(row, 'user') ?? '')}`,
      credentials: keys,
      facts: {
        createdAt: instantAt(row, 'user_creation_time'),
        lastUsedAt: latest(uses),
        disabled: !hasPassword && keys.every(({ active }) => !active),
        human: hasPassword || isRoot,
        privileged: isRoot,
        more: told({ password: hasPassword && 'yes', mfa: textAt(row, 'mfa_active') === 'true' ? 'yes' : 'no' }),
      },
    });
  });
}

/** `aws iam list-access-keys`, of as many users as there are in it. */
export function accountsOfKeys(document: unknown, path: string): readonly AccountSeen[] {
  const byUser = new Map<string, { account: string; user: string; keys: HeldCredential[] }>();
  for (const key of listAt(document, 'AccessKeyMetadata')) {
    const [id, user] = [textAt(key, 'AccessKeyId'), textAt(key, 'UserName')];
    const account = id === null ? null : accountOf(id);
    if (id === null || user === null || account === null) continue;
    const name = awsNamed(account, 'user', user);
    const known = byUser.get(name) ?? { account, user, keys: [] };
    known.keys.push(keyOf(key, id));
    byUser.set(name, known);
  }
  return [...byUser].map(([name, { account, user, keys }]) =>
    accountSeen({
      system: `aws ${account}`,
      accountKind: 'user',
      name: user,
      identifiers: [name],
      path: `${path}#${user}`,
      credentials: keys,
    }),
  );
}

export function keyOf(key: unknown, id: string, lastUsedAt: string | null = null): HeldCredential {
  const active = textAt(key, 'Status') !== 'Inactive';
  return held({ keyId: awsKey(id), createdAt: instantAt(key, 'CreateDate'), lastUsedAt, active });
}

/**
 * What `aws iam get-account-authorization-details` gives, or its answer over the API: users and roles with what they may do.
 *
 * @param keysOf keys by name of a user, where somebody listed them
 */
export function accountsOfDetails(
  details: unknown,
  path: string,
  keysOf: ReadonlyMap<string, readonly HeldCredential[]> = new Map(),
): readonly AccountSeen[] {
  const policies = new Map(
    listAt(details, 'Policies').flatMap((policy) => {
      const arn = textAt(policy, 'Arn');
      const current = listAt(policy, 'PolicyVersionList').find((version) => isTrue(at(version, 'IsDefaultVersion')));
      return arn === null ? [] : [[arn, documentOf(at(current, 'Document'))] as const];
    }),
  );
  const groups = new Map(
    listAt(details, 'GroupDetailList').map((group) => [textAt(group, 'GroupName') ?? '', group] as const),
  );
  const users = listAt(details, 'UserDetailList').flatMap((user) => {
    const own = grantsOf(user, 'UserPolicyList', policies);
    const through = textsAt(user, 'GroupList').flatMap((name) =>
      grantsOf(groups.get(name), 'GroupPolicyList', policies).map((grant) => ({
        ...grant,
        through: `group ${name}, ${grant.through ?? ''}`,
      })),
    );
    return principal(user, 'User', path, [...own, ...through], keysOf.get(textAt(user, 'UserName') ?? '') ?? []);
  });
  const roles = listAt(details, 'RoleDetailList').flatMap((role) =>
    principal(role, 'Role', path, grantsOf(role, 'RolePolicyList', policies), []),
  );
  return [...users, ...roles];
}

function principal(
  of: unknown,
  kind: 'Role' | 'User',
  path: string,
  grants: readonly GrantSeen[],
  credentials: readonly HeldCredential[],
): readonly AccountSeen[] {
  const [arn, name, id] = [textAt(of, 'Arn'), textAt(of, `${kind}Name`), textAt(of, `${kind}Id`)];
  const known = arn === null ? undefined : awsPrincipal(arn);
  const [, account] = /::(\d{12}):/.exec(arn ?? '') ?? [];
  if (known === undefined || account === undefined || name === null) return [];
  const tags = new Map(
    listAt(of, 'Tags').map((tag) => [(textAt(tag, 'Key') ?? '').toLowerCase(), textAt(tag, 'Value')] as const),
  );
  const trust = kind === 'Role' ? readTrustPolicy(documentOf(at(of, 'AssumeRolePolicyDocument')), account) : null;
  const ofService = kind === 'Role' && (arn ?? '').includes(':role/aws-service-role/');
  return [
    accountSeen({
      system: `aws ${account}`,
      accountKind: kind === 'Role' ? 'role' : 'user',
      name,
      identifiers: id === null ? [known] : [known, awsUniqueId(id)],
      path: `${path}#${kind.toLowerCase()}s/${name}`,
      grants,
      credentials,
      facts: {
        createdAt: instantAt(of, 'CreateDate'),
        lastUsedAt: latest([
          instantAt(of, 'RoleLastUsed', 'LastUsedDate'),
          instantAt(of, 'PasswordLastUsed'),
          ...credentials.map(({ lastUsedAt }) => lastUsedAt),
        ]),
        human: kind === 'Role' ? false : null,
        thirdParty: trust?.outside ?? false,
        privileged: grants.some(isPrivileged),
        environment: environmentIn(tags.get('environment'), tags.get('env'), tags.get('stage'), name),
        more: told({
          trustedBy: trust?.by.join(', '),
          tooWide: trust?.tooWide.join(' '),
          madeByService: ofService && 'yes',
          owner: tags.get('owner') ?? tags.get('team'),
        }),
      },
    }),
  ];
}

function grantsOf(of: unknown, inline: string, policies: ReadonlyMap<string, unknown>): readonly GrantSeen[] {
  const own = listAt(of, inline).flatMap((policy) =>
    grantsIn(documentOf(at(policy, 'PolicyDocument')), `policy ${textAt(policy, 'PolicyName') ?? ''}`),
  );
  const attached = listAt(of, 'AttachedManagedPolicies').flatMap((policy) => {
    const [arn, name] = [textAt(policy, 'PolicyArn') ?? '', textAt(policy, 'PolicyName') ?? ''];
    const through = `policy ${name}`;
    if (ADMINISTRATOR.test(arn)) return [{ privilege: '*', resource: '*', through }];
    const known = policies.get(arn);
    return known === undefined ? [{ privilege: `policy:${name}`, resource: '*', through }] : grantsIn(known, through);
  });
  return [...own, ...attached];
}

/** What the statements of a policy allow, each action on each resource; what they deny is not taken off. */
export function grantsIn(document: unknown, through: string): readonly GrantSeen[] {
  return listAt(document, 'Statement')
    .slice(0, MOST_STATEMENTS)
    .filter((statement) => textAt(statement, 'Effect') === 'Allow')
    .flatMap((statement) => {
      const not = textsAt(statement, 'NotAction');
      const actions = not.length > 0 ? [`* but ${not.slice(0, 8).join(', ')}`] : textsAt(statement, 'Action');
      const resources = textsAt(statement, 'Resource').slice(0, MOST_RESOURCES);
      return actions.flatMap((privilege) =>
        (resources.length > 0 ? resources : ['*']).map((resource) => ({ privilege, resource, through })),
      );
    });
}

function isPrivileged({ privilege, resource }: GrantSeen): boolean {
  return resource === '*' && (TAKE_ALL.test(privilege) || privilege.startsWith('* but '));
}

/** As it is, or as text that is encoded as in a URL (RFC 3986), which is how the API gives it. */
export function documentOf(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > 262_144) return value;
  try {
    return JSON.parse(value.startsWith('%') ? decodeURIComponent(value) : value) as unknown;
  } catch {
    return undefined;
  }
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function latest(instants: readonly (string | null)[]): string | null {
  return (
    instants
      .filter((one) => one !== null)
      .sort()
      .at(-1) ?? null
  );
}
