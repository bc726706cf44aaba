import type { paths } from '../../../client/schema.js';

export type NewSource = paths['/v1/sources']['post']['requestBody']['content']['application/json'];
export type KindName = NewSource['kind'];

type Of<Name extends KindName> = Extract<NewSource, { kind: Name }>;
type KeysOf<Value> = Extract<keyof NonNullable<Value>, string>;

/** One thing that is said of a source, as the form asks for it. */
export interface Field<Key extends string = string> {
  readonly key: Key;
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  /** `secret` and `secret-lines` are shown to nobody again; `texts` are several, `choices` several of those given. */
  readonly type: 'text' | 'secret' | 'secret-lines' | 'texts' | 'switch' | 'choices';
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** Before anything is said. */
  readonly initial?: boolean | string | readonly string[];
}

/** A kind of source: what it sees, what is to be said of it, what opens it. */
export interface Kind<Name extends KindName = KindName> {
  readonly name: string;
  readonly sees: string;
  readonly settings: readonly Field<KeysOf<Of<Name>['settings']>>[];
  readonly access: readonly Field<KeysOf<Of<Name>['access']>>[];
  /** Whether a whole look tells what is registered there and is not. */
  readonly lists?: boolean;
}

const DOCUMENTS = [
  { value: 'certificates', label: 'Certificates' },
  { value: 'authorized-keys', label: 'Authorised SSH keys' },
  { value: 'kubernetes-manifests', label: 'Kubernetes manifests' },
  { value: 'github-workflows', label: 'GitHub workflows' },
  { value: 'gitlab-pipelines', label: 'GitLab pipelines' },
  { value: 'terraform-state', label: 'Terraform states' },
  { value: 'trust-policies', label: 'Trust policies' },
  { value: 'exports', label: 'Exports of clouds' },
] as const;

const documents = {
  key: 'documents',
  label: 'Documents that are read for accounts and rights',
  type: 'choices',
  choices: DOCUMENTS,
  initial: DOCUMENTS.map(({ value }) => value).filter((value) => value !== 'exports'),
} as const;
const path = {
  key: 'path',
  label: 'Path',
  description: 'Absolute, on the worker’s machine, below one of the folders that SOURCE_FOLDERS names.',
  placeholder: '/srv/checkouts/payments',
  required: true,
  type: 'text',
} as const;
const knownAs = {
  key: 'knownAs',
  label: 'Other names of it',
  description:
    'As configurations call it, with the port where it is another: by them, leaked logins are matched. Enter adds one.',
  placeholder: 'orders-db.internal',
  type: 'texts',
  initial: [],
} as const;
const token = { key: 'token', label: 'Token', required: true, type: 'secret' } as const;

function server(placeholder: string) {
  return {
    settings: [knownAs],
    access: [
      {
        key: 'url',
        label: 'URL',
        description: 'With user and password. A role that may read, and nothing else, is enough.',
        placeholder,
        required: true,
        type: 'secret',
      },
    ],
    lists: true,
  } as const;
}

/** Every kind, with the fields that the service’s own schema has for it: a name that it does not know does not compile. */
export const KINDS: { readonly [Name in KindName]: Kind<Name> } = {
  git: {
    name: 'Git repository',
    sees: 'Secrets in all of the history with their commits, and what the default branch says of accounts',
    settings: [
      {
        ...{ key: 'url', label: 'Address', placeholder: 'https://git.example/payments.git', type: 'text' },
        description: 'Over https or ssh, without user and password. Or else a path.',
      },
      { ...path, required: false, label: 'Or a path' },
      documents,
    ],
    access: [
      { ...token, required: false, description: 'Over https, where it lets nobody in without.' },
      { key: 'user', label: 'User', description: 'Beside a token, where the server asks for one.', type: 'text' },
      {
        key: 'privateKey',
        label: 'Private key',
        description: 'Over ssh: of a deploy key that may read.',
        type: 'secret-lines',
      },
      {
        ...{ key: 'knownHosts', label: 'Known hosts', type: 'secret-lines' },
        description: 'Over ssh: lines of known_hosts that name the server’s key.',
      },
    ],
  },
  files: {
    name: 'Folder',
    sees: 'Secrets of a checkout, manifests, a host’s certificates and authorised keys',
    settings: [path, { key: 'secrets', label: 'Look for secrets, too', type: 'switch', initial: true }, documents],
    access: [],
  },
  postgresql: {
    name: 'PostgreSQL',
    sees: 'Roles, memberships and grants; how each may sign in, where the role may see that',
    ...server('postgresql://muster_reader:…@db.example:5432/orders'),
  },
  mysql: {
    name: 'MySQL or MariaDB',
    sees: 'Accounts, roles and grants',
    ...server('mysql://muster_reader:…@db.example:3306'),
  },
  redis: {
    name: 'Redis',
    sees: 'Users of the ACL, each password by its digest',
    ...server('rediss://muster_reader:…@cache.example:6379'),
  },
  kubernetes: {
    name: 'Kubernetes cluster',
    sees: 'Service accounts, what is bound to them, tokens that never end',
    settings: [
      {
        key: 'url',
        label: 'Address of its API',
        placeholder: 'https://k8s.example:6443',
        required: true,
        type: 'text',
      },
      {
        ...{ key: 'issuer', label: 'Issuer of its tokens', placeholder: 'https://k8s.example', type: 'text' },
        description: 'By it, accounts are known in tokens that leaked.',
      },
      {
        ...{ key: 'secrets', label: 'Read what Secrets hold', type: 'switch', initial: false },
        description: 'For their fingerprints alone. Otherwise their names are all that is asked for.',
      },
    ],
    access: [token],
    lists: true,
  },
  'aws-iam': {
    name: 'AWS IAM',
    sees: 'Users, access keys with their last use, roles and who may take them on',
    settings: [
      { key: 'url', label: 'Address of IAM', type: 'text', initial: 'https://iam.amazonaws.com', required: true },
      { key: 'region', label: 'Region', type: 'text', initial: 'us-east-1', required: true },
    ],
    access: [
      { key: 'accessKeyId', label: 'Access key id', placeholder: 'AKIA…', required: true, type: 'text' },
      { key: 'secretAccessKey', label: 'Secret access key', required: true, type: 'secret' },
      { key: 'sessionToken', label: 'Session token', description: 'Of a role that was taken on.', type: 'secret' },
    ],
    lists: true,
  },
  github: {
    name: 'GitHub organisation',
    sees: 'Apps, deploy keys, fine-grained tokens, names of secrets',
    settings: [
      { key: 'organisation', label: 'Organisation', placeholder: 'acme', required: true, type: 'text' },
      { key: 'url', label: 'Address of its API', type: 'text', initial: 'https://api.github.com', required: true },
      {
        key: 'repositories',
        label: 'Each repository, too',
        description: 'Its deploy keys and secrets’ names.',
        type: 'switch',
        initial: true,
      },
    ],
    access: [token],
  },
  gitlab: {
    name: 'GitLab group',
    sees: 'Access tokens, deploy tokens and keys, variables by their digest',
    settings: [
      {
        key: 'group',
        label: 'Group',
        description: 'Its path; subgroups are in it.',
        placeholder: 'acme/payments',
        required: true,
        type: 'text',
      },
      { key: 'url', label: 'Address', type: 'text', initial: 'https://gitlab.com', required: true },
    ],
    access: [token],
  },
  exports: {
    name: 'Exports of clouds',
    sees: 'AWS credential reports and authorization details, Azure applications, Google service accounts, Terraform states',
    settings: [{ ...path, placeholder: '/srv/exports/aws' }],
    access: [],
  },
  image: {
    name: 'Container image',
    sees: 'An archive of docker save, also what a later layer hides',
    settings: [{ ...path, placeholder: '/srv/images/ledger.tar' }],
    access: [],
  },
};

export type Values = Readonly<Record<string, unknown>>;

/** What a form begins with: what is said of a source already, or what is usual. */
export function initialOf(fields: readonly Field[], said: Values = {}): Values {
  const usual = { text: '', secret: '', 'secret-lines': '', texts: [], switch: false, choices: [] } as const;
  return Object.fromEntries(fields.map(({ key, type, initial }) => [key, said[key] ?? initial ?? usual[type]]));
}

/** What of a form is sent: what was left empty is not. Undefined where nothing is left. */
export function givenOf(fields: readonly Field[], values: Values): Values | undefined {
  const given = fields.flatMap(({ key, type }) => {
    const value = values[key];
    if (typeof value !== 'string') return [[key, value]];
    // Of a key, the last line break counts.
    const text = type === 'secret-lines' ? value : value.trim();
    return text.trim() === '' ? [] : [[key, text]];
  });
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Values);
}

/** How a kind is called; one that this console does not know, as the service calls it. */
export function kindName(kind: string): string {
  return kind in KINDS ? KINDS[kind as KindName].name : kind;
}
