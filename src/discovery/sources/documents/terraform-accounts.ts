import {
  awsKey,
  awsNamed,
  awsPrincipal,
  awsUniqueId,
  azureApplication,
  azurePrincipal,
  googleAccount,
  kubernetesAccount,
  serverAccount,
  vendorAccount,
  vendorKey,
} from '../../domain/identifiers.js';
import type { AccountSeen, GrantSeen, Observation } from '../../domain/observation.js';
import { accountOf } from '../../identities/aws.js';
import { terraformState } from '../../structures/terraform-state.js';
import { accountSeen, environmentIn, held, told } from '../accounts.js';
import { documentOf, grantsIn } from '../aws-accounts.js';
import { at, instantAt, listAt, textAt } from '../fields.js';
import { readSshPublicKey } from '../ssh-public-key.js';
import { readTrustPolicy, tooWideSubject } from '../trust-policy.js';
import { type DocumentContext, type DocumentReader, readJson, type SourceDocument } from './document.js';

const MAX_BYTES = 32 * 1024 * 1024;
const MOST_RESOURCES = 100_000;

interface Resource {
  readonly type: string;
  readonly attributes: unknown;
  /** `module.payments.aws_iam_user.ci`. */
  readonly address: string;
  readonly path: string;
  readonly name: string;
}

/** Accounts that Terraform made, as its state has them; the secrets beside them are the scanner's. */
export class TerraformAccounts implements DocumentReader {
  readonly name = 'terraform-state';
  private readonly found: Observation[] = [];

  constructor(private readonly context: DocumentContext) {}

  byPath(path: string): boolean {
    return terraformState.byPath(path);
  }

  recognises(bytes: Uint8Array): boolean {
    return terraformState.recognises(bytes);
  }

  take({ path, bytes }: SourceDocument): void {
    const state = readJson(bytes, MAX_BYTES);
    for (const resource of listAt(state, 'resources').slice(0, MOST_RESOURCES)) {
      const [type, own] = [textAt(resource, 'type') ?? '', textAt(resource, 'name') ?? ''];
      const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
      if (!read || textAt(resource, 'mode') === 'data') continue;
      const module = textAt(resource, 'module');
      const address = [module, type, own].filter((part) => part !== null).join('.');
      for (const instance of listAt(resource, 'instances')) {
        const seen = read({ type, attributes: at(instance, 'attributes'), address, path, name: this.context.name });
        if (seen) this.found.push(seen);
      }
    }
  }

  seen() {
    return this.found;
  }
}

const READERS: Readonly<Record<string, (resource: Resource) => AccountSeen | undefined>> = {
  aws_iam_user: awsPrincipalSeen,
  aws_iam_role: awsPrincipalSeen,
  aws_iam_user_policy: awsGrantsSeen,
  aws_iam_access_key: awsKeySeen,
  azuread_application: azureSeen,
  azuread_service_principal: azureSeen,
  azuread_application_federated_identity_credential: azureTrustSeen,
  google_service_account: googleSeen,
  google_service_account_key: googleKeySeen,
  google_project_iam_member: googleGrantSeen,
  kubernetes_service_account: kubernetesSeen,
  kubernetes_service_account_v1: kubernetesSeen,
  postgresql_role: (resource) => databaseSeen(resource, 'postgresql'),
  mysql_user: (resource) => databaseSeen(resource, 'mysql'),
  github_repository_deploy_key: deployKeySeen,
};

function awsPrincipalSeen({ type, attributes, address, path }: Resource): AccountSeen | undefined {
  const arn = textAt(attributes, 'arn');
  const known = arn === null ? undefined : awsPrincipal(arn);
  const [, account] = /::(\d{12}):/.exec(arn ?? '') ?? [];
  if (known === undefined || account === undefined) return undefined;
  const isRole = type === 'aws_iam_role';
  const unique = textAt(attributes, 'unique_id');
  const trust = isRole ? readTrustPolicy(documentOf(at(attributes, 'assume_role_policy')), account) : null;
  const grants = listAt(attributes, 'inline_policy').flatMap((policy) =>
    grantsIn(documentOf(at(policy, 'policy')), `policy ${textAt(policy, 'name') ?? ''}`),
  );
  return seen(address, path, {
    system: `aws ${account}`,
    accountKind: isRole ? 'role' : 'user',
    name: textAt(attributes, 'name') ?? known,
    identifiers: unique === null ? [known] : [known, awsUniqueId(unique)],
    grants: [
      ...grants,
      ...listAt(attributes, 'managed_policy_arns').flatMap((policy): GrantSeen[] =>
        typeof policy === 'string' ? [{ privilege: `policy:${policy.split('/').at(-1)!}`, resource: '*' }] : [],
      ),
    ],
    facts: {
      createdAt: instantAt(attributes, 'create_date'),
      human: isRole ? false : null,
      thirdParty: trust?.outside ?? false,
      environment: environmentIn(
        textAt(attributes, 'tags', 'Environment'),
        textAt(attributes, 'tags', 'environment'),
        textAt(attributes, 'name'),
      ),
      more: told({ terraform: address, trustedBy: trust?.by.join(', '), tooWide: trust?.tooWide.join(' ') }),
    },
  });
}

/** A policy names its user and no account: what it is of is known by the role or user of that address alone. */
function awsGrantsSeen({ attributes, address, path, name }: Resource): AccountSeen | undefined {
  const user = textAt(attributes, 'user');
  if (user === null) return undefined;
  return seen(address, path, {
    system: `terraform ${name}`,
    accountKind: 'user',
    name: user,
    identifiers: [vendorAccount('terraform', name, `aws_iam_user/${user}`)],
    grants: grantsIn(documentOf(at(attributes, 'policy')), `policy ${textAt(attributes, 'name') ?? ''}`),
    facts: { more: { terraform: address } },
  });
}

function awsKeySeen({ attributes, address, path }: Resource): AccountSeen | undefined {
  const [id, user] = [textAt(attributes, 'id'), textAt(attributes, 'user')];
  const account = id === null ? null : accountOf(id);
  if (id === null || user === null || account === null) return undefined;
  const key = held({
    keyId: awsKey(id),
    createdAt: instantAt(attributes, 'create_date'),
    active: textAt(attributes, 'status') !== 'Inactive',
  });
  return seen(address, path, {
    system: `aws ${account}`,
    accountKind: 'user',
    name: user,
    identifiers: [awsNamed(account, 'user', user)],
    credentials: [key],
    facts: { more: { terraform: address } },
  });
}

function azureSeen({ attributes, address, path, name }: Resource): AccountSeen | undefined {
  const [client, object] = [
    textAt(attributes, 'client_id') ?? textAt(attributes, 'application_id'),
    textAt(attributes, 'object_id'),
  ];
  if (client === null) return undefined;
  const label = textAt(attributes, 'display_name') ?? client;
  return seen(address, path, {
    system: `azure ${(textAt(attributes, 'application_tenant_id') ?? name).toLowerCase()}`,
    accountKind: 'application',
    name: label,
    identifiers: object === null ? [azureApplication(client)] : [azureApplication(client), azurePrincipal(object)],
    facts: { human: false, environment: environmentIn(label), more: { terraform: address } },
  });
}

function azureTrustSeen({ attributes, address, path, name }: Resource): AccountSeen | undefined {
  const [object, issuer, subject] = ['application_object_id', 'issuer', 'subject'].map((field) =>
    textAt(attributes, field),
  );
  const id = object ?? textAt(attributes, 'application_id')?.split('/').at(-1) ?? null;
  if (id === null || issuer === null || subject === null) return undefined;
  return seen(address, path, {
    system: `azure ${name.toLowerCase()}`,
    accountKind: 'application',
    name: textAt(attributes, 'display_name') ?? id,
    identifiers: [azurePrincipal(id)],
    facts: {
      human: false,
      more: told({ terraform: address, trustedBy: `${issuer} ${subject}`, tooWide: tooWideSubject(issuer!, subject!) }),
    },
  });
}

function googleSeen({ attributes, address, path }: Resource): AccountSeen | undefined {
  const email = textAt(attributes, 'email');
  if (email === null) return undefined;
  return seen(address, path, {
    system: `google ${textAt(attributes, 'project') ?? 'google'}`,
    accountKind: 'service-account',
    name: textAt(attributes, 'display_name') ?? email,
    identifiers: [googleAccount(email)],
    facts: {
      disabled: at(attributes, 'disabled') === true,
      human: false,
      environment: environmentIn(textAt(attributes, 'project')),
      more: { terraform: address },
    },
  });
}

function googleKeySeen({ attributes, address, path }: Resource): AccountSeen | undefined {
  const [, email, id] =
    /serviceAccounts\/([^/]{1,200})\/keys\/([0-9a-f]{8,64})$/.exec(
      textAt(attributes, 'name') ?? textAt(attributes, 'id') ?? '',
    ) ?? [];
  if (email === undefined) return undefined;
  const key = held({
    keyId: vendorKey('google', id!),
    createdAt: instantAt(attributes, 'valid_after'),
    expiresAt: instantAt(attributes, 'valid_before'),
  });
  return seen(address, path, {
    system: `google ${/@([^.]+)\./.exec(email)?.[1] ?? 'google'}`,
    accountKind: 'service-account',
    name: email,
    identifiers: [googleAccount(email)],
    credentials: [key],
    facts: { human: false, more: { terraform: address } },
  });
}

function googleGrantSeen({ attributes, address, path }: Resource): AccountSeen | undefined {
  const [, email] = /^serviceAccount:(.{1,200})$/.exec(textAt(attributes, 'member') ?? '') ?? [];
  const role = textAt(attributes, 'role');
  if (email === undefined || role === null) return undefined;
  const privileged = /^roles\/(?:owner|editor)$/.test(role);
  return seen(address, path, {
    system: `google ${/@([^.]+)\./.exec(email)?.[1] ?? 'google'}`,
    accountKind: 'service-account',
    name: email,
    identifiers: [googleAccount(email)],
    grants: [{ privilege: role, resource: `projects/${textAt(attributes, 'project') ?? '*'}` }],
    facts: { human: false, privileged, more: { terraform: address } },
  });
}

function kubernetesSeen({ attributes, address, path, name }: Resource): AccountSeen | undefined {
  const metadata = listAt(attributes, 'metadata')[0];
  const [own, namespace] = [textAt(metadata, 'name'), textAt(metadata, 'namespace') ?? 'default'];
  if (own === null) return undefined;
  return seen(address, path, {
    system: `kubernetes ${name.toLowerCase()}`,
    accountKind: 'service-account',
    name: `${namespace}/${own}`,
    identifiers: [kubernetesAccount(name, namespace, own)],
    facts: { human: false, environment: environmentIn(namespace), more: { terraform: address } },
  });
}

/** The server stands with the provider, which a state does not keep: the role is known by its name alone. */
function databaseSeen({ attributes, address, path, name }: Resource, product: string): AccountSeen | undefined {
  const role = textAt(attributes, 'name') ?? textAt(attributes, 'user');
  if (role === null) return undefined;
  const known = serverAccount(product, name, null, role) ?? vendorAccount(product, name, role);
  return seen(address, path, {
    system: `${product} ${name}`,
    accountKind: 'database-role',
    name: role,
    identifiers: [known],
    facts: { privileged: at(attributes, 'superuser') === true, more: { terraform: address } },
  });
}

function deployKeySeen({ attributes, address, path, name }: Resource): AccountSeen | undefined {
  const [repository, line] = [textAt(attributes, 'repository'), at(attributes, 'key')];
  const key = typeof line === 'string' ? readSshPublicKey(line) : null;
  if (repository === null || !key) return undefined;
  const mayWrite = at(attributes, 'read_only') === false;
  return seen(address, path, {
    system: `github ${name.toLowerCase()}`,
    accountKind: 'deploy-key',
    name: `${textAt(attributes, 'title') ?? 'deploy key'} (${repository})`,
    identifiers: [vendorAccount('github', `deploy-key/${repository.toLowerCase()}`, key.fingerprint)],
    grants: [{ privilege: mayWrite ? 'contents:write' : 'contents:read', resource: repository }],
    credentials: [held({ keyId: key.name, publicKey: key.publicKey })],
    facts: { human: false, more: { terraform: address } },
  });
}

function seen(address: string, path: string, known: Omit<Parameters<typeof accountSeen>[0], 'path'>): AccountSeen {
  return accountSeen({ ...known, path: `${path}#${address}` });
}
