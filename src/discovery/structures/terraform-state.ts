import type { Clue } from '../domain/finding.js';
import { awsKeyClue } from '../identities/aws.js';
import { databaseClue } from '../identities/database-url.js';
import { readKeyNames } from '../identities/private-key.js';
import { clueOf, sentence } from '../identities/reader.js';
import { keyFileSecrets } from './google-key-file.js';
import { items, member, type PlacedJson, type PlacedText, readPlacedJson, textOf } from './placed-json.js';
import { ruleFor, STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { holds, placedText } from './text.js';
import { namesSecret } from './variables.js';

const MAX_BYTES = 8 * 1024 * 1024;
const MIN_CHARACTERS = 4;
const MAX_SECRET_CHARACTERS = 131_072;

/** Attributes that are secret where their provider marks nothing (states of older versions have no marks). */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  aws_db_instance: ['password'],
  aws_docdb_cluster: ['master_password'],
  aws_iam_access_key: ['secret', 'ses_smtp_password_v4'],
  aws_iam_user_login_profile: ['password'],
  aws_rds_cluster: ['master_password'],
  aws_redshift_cluster: ['master_password'],
  aws_secretsmanager_secret_version: ['secret_string'],
  aws_ssm_parameter: ['value'],
  azuread_application_password: ['value'],
  azuread_service_principal_password: ['value'],
  azurerm_container_registry: ['admin_password'],
  azurerm_key_vault_secret: ['value'],
  azurerm_storage_account: [
    'primary_access_key',
    'secondary_access_key',
    'primary_connection_string',
    'secondary_connection_string',
  ],
  github_actions_secret: ['plaintext_value'],
  gitlab_deploy_token: ['token'],
  gitlab_personal_access_token: ['token'],
  google_secret_manager_secret_version: ['secret_data'],
  google_service_account_key: ['private_key'],
  google_sql_user: ['password'],
  kubernetes_secret: ['data'],
  kubernetes_secret_v1: ['data'],
  mysql_user: ['plaintext_password'],
  postgresql_role: ['password'],
  random_id: [],
  random_password: ['result'],
  tls_private_key: ['private_key_pem', 'private_key_openssh', 'private_key_pem_pkcs8'],
  vault_token: ['client_token'],
};
/** Said of a resource wherever they are there: names that other systems know it by. */
const FACTS = [
  'access_key',
  'account_id',
  'application_id',
  'application_object_id',
  'arn',
  'client_email',
  'client_id',
  'display_name',
  'endpoint',
  'fqdn',
  'host',
  'id',
  'key_id',
  'name',
  'namespace',
  'project',
  'public_key_fingerprint_sha256',
  'role',
  'service_account_id',
  'service_principal_id',
  'tenant_id',
  'user',
  'username',
] as const;
/** Databases: who, where, which. */
const DATABASES: Readonly<Record<string, string>> = {
  aws_db_instance: '',
  aws_rds_cluster: '',
  aws_redshift_cluster: 'Redshift',
  azurerm_postgresql_flexible_server: 'PostgreSQL',
  azurerm_mysql_flexible_server: 'MySQL',
  azurerm_mssql_server: 'SQL Server',
  google_sql_user: '',
  mysql_user: 'MySQL',
  postgresql_role: 'PostgreSQL',
};

/**
 * What Terraform keeps in its state in clear: secrets of resources, with the resource's address and its provider's own ids, and
 * outputs marked sensitive. Version 4 of the format, and what a plan in JSON shows of a state.
 *
 * @see https://developer.hashicorp.com/terraform/language/state/sensitive-data
 */
export const terraformState: Structure = {
  name: 'terraform-state',
  byPath: (path) => /\.tfstate(?:\.[\w.-]{1,64})?$|(?:^|\/)(?:terraform|state)[\w.-]{0,64}\.json$/i.test(path),
  recognises: (bytes) => holds(bytes, '"terraform_version"') || holds(bytes, '"lineage"', '"resources"'),
  read: (bytes) => {
    const state = readPlacedJson(placedText(bytes, MAX_BYTES));
    const outputs = member(state, 'outputs');
    const named = outputs?.kind === 'object' ? [...outputs.members] : [];
    return [
      ...items(member(state, 'resources')).flatMap(resourceSecrets),
      ...named.flatMap(([name, output]) => outputSecrets(name, output)),
    ];
  },
};

function resourceSecrets(resource: PlacedJson): readonly StructuredCandidate[] {
  const type = textOf(member(resource, 'type'));
  const name = textOf(member(resource, 'name'));
  if (!type || !name) return [];
  const module = textOf(member(resource, 'module'));
  const data = textOf(member(resource, 'mode')) === 'data';
  const address = [module, data ? 'data' : undefined, type, name].filter(Boolean).join('.');
  return items(member(resource, 'instances')).flatMap((instance) => {
    const key = member(instance, 'index_key');
    const index = key?.kind === 'text' ? `["${key.value}"]` : textOf(key) === undefined ? '' : `[${textOf(key)}]`;
    return instanceSecrets(type, address + index, instance);
  });
}

function instanceSecrets(type: string, address: string, instance: PlacedJson): readonly StructuredCandidate[] {
  const attributes = member(instance, 'attributes');
  if (attributes?.kind !== 'object') return [];
  const marked = items(member(instance, 'sensitive_attributes'))
    .map(pathOf)
    .filter((path) => path.length > 0);
  const known = Object.hasOwn(SECRETS, type) ? SECRETS[type] : undefined;
  const named = (known ?? []).map((name) => [name]);
  const guessed = known ? [] : [...attributes.members.keys()].filter(namesSecret).map((name) => [name]);
  const found = new Map<number, StructuredCandidate>();
  for (const path of [...named, ...marked, ...guessed]) {
    for (const { text, at } of textsUnder(member(attributes, ...path), path))
      if (!found.has(text.start)) {
        for (const candidate of candidatesOf(type, `${address}.${at}`, text, attributes))
          found.set(text.start, candidate);
      }
  }
  return [...found.values()];
}

function candidatesOf(
  type: string,
  address: string,
  text: PlacedText,
  attributes: PlacedJson,
): readonly StructuredCandidate[] {
  const { value, start, end } = text;
  if (value.length < MIN_CHARACTERS || value.length > MAX_SECRET_CHARACTERS) return [];
  const clue = resourceClue(type, address, attributes);
  const more = providerClues(type, attributes, value);
  const place = { start, end, within: ['terraform-state'] };
  const keyFile = type === 'google_service_account_key' ? keyFileOf(value) : [];
  if (keyFile.length > 0)
    return keyFile.map((inner) => ({
      ...inner,
      ...place,
      within: ['terraform-state', 'base64'],
      clues: [clue, ...inner.clues],
    }));
  return [{ rule: ruleFor(STRUCTURED.terraform, value), secret: value, clues: [clue, ...more], ...place }];
}

function resourceClue(type: string, address: string, attributes: PlacedJson): Clue {
  const facts = FACTS.map((name) => [camel(name), textOf(member(attributes, name))] as const);
  return clueOf('terraform', `Terraform ${address}`, {
    resource: address,
    resourceType: type,
    ...Object.fromEntries(facts),
  });
}

/** What a provider's own ids say, in the words that other readers use. */
function providerClues(type: string, attributes: PlacedJson, value: string): readonly Clue[] {
  const field = (name: string): string | undefined => textOf(member(attributes, name));
  if (type === 'aws_iam_access_key') {
    const [keyId, user] = [field('id'), field('user')];
    return [...(keyId ? [awsKeyClue(keyId)] : []), ...(user ? [clueOf('aws-user', `AWS user ${user}`, { user })] : [])];
  }
  if (type.startsWith('azuread_')) {
    const clientId = (field('client_id') ?? field('application_id'))?.toLowerCase();
    const [keyId, objectId] = [field('key_id'), field('service_principal_id') ?? field('application_object_id')];
    const words = sentence('Azure application', clientId ?? objectId, keyId && `key ${keyId}`);
    return [
      clueOf('azure-application', words, {
        clientId,
        objectId: objectId?.toLowerCase(),
        keyId,
        hint: value.slice(0, 3),
      }),
    ];
  }
  if (value.includes('PRIVATE KEY-----')) {
    const names = readKeyNames(value);
    return names
      ? [clueOf('private-key', `${names.keyType} key ${names.sshSha256 ?? names.spkiSha256}`, { ...names })]
      : [];
  }
  return databaseClues(type, field);
}

function databaseClues(type: string, field: (name: string) => string | undefined): readonly Clue[] {
  const system = Object.hasOwn(DATABASES, type) ? DATABASES[type] : undefined;
  if (system === undefined) return [];
  const engine = field('engine') ?? '';
  const known =
    system ||
    (/postgres/.test(engine)
      ? 'PostgreSQL'
      : /mysql|maria/.test(engine)
        ? 'MySQL'
        : /sqlserver/.test(engine)
          ? 'SQL Server'
          : 'database');
  const host =
    field('address') ??
    field('fqdn') ??
    field('endpoint')?.split(':')[0] ??
    (type === 'google_sql_user' ? field('instance') : undefined);
  const user =
    field('username') ?? field('master_username') ?? field('administrator_login') ?? field('user') ?? field('name');
  const port = Number(field('port')) || null;
  const database = field('db_name') ?? field('database_name');
  return [databaseClue(known, user, host ? [port ? `${host}:${port}` : host] : [], port, database)];
}

/** The provider gives the key file in base64. */
function keyFileOf(value: string): readonly StructuredCandidate[] {
  try {
    return keyFileSecrets(readPlacedJson(Buffer.from(value, 'base64').toString('latin1')));
  } catch {
    return [];
  }
}

/** `[{"type": "get_attr", "value": "password"}, …]`, or a list that holds such lists' steps themselves. */
function pathOf(marked: PlacedJson): readonly string[] {
  const steps = marked.kind === 'list' ? marked.items : [marked];
  return steps.slice(0, 16).flatMap((step) => {
    const value = member(step, 'value');
    const name = value?.kind === 'object' ? textOf(member(value, 'value')) : textOf(value);
    return name === undefined ? [] : [name];
  });
}

interface Found {
  readonly text: PlacedText;
  readonly at: string;
}

function textsUnder(value: PlacedJson | undefined, path: readonly string[]): readonly Found[] {
  if (value?.kind === 'text') return value.value === '' ? [] : [{ text: value, at: path.join('.') }];
  if (value?.kind === 'list')
    return value.items.slice(0, 256).flatMap((item, index) => textsUnder(item, [...path, String(index)]));
  if (value?.kind !== 'object') return [];
  return [...value.members].slice(0, 256).flatMap(([name, inner]) => textsUnder(inner, [...path, name]));
}

function outputSecrets(name: string, output: PlacedJson): readonly StructuredCandidate[] {
  const sensitive = member(output, 'sensitive');
  if (sensitive?.kind !== 'other' || sensitive.value !== true) return [];
  return textsUnder(member(output, 'value'), [name])
    .filter(({ text: { value } }) => value.length >= MIN_CHARACTERS && value.length <= MAX_SECRET_CHARACTERS)
    .map(({ text, at }) => ({
      rule: ruleFor(STRUCTURED.terraform, text.value),
      secret: text.value,
      start: text.start,
      end: text.end,
      clues: [clueOf('terraform', `Terraform output ${at}`, { resource: `output.${at}` })],
      within: ['terraform-state'],
    }));
}

function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
