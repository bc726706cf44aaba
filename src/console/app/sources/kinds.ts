import type { paths } from '../../../client/schema.js';
import type { Field } from '../kind-form/field.js';

export type NewSource = paths['/v1/sources']['post']['requestBody']['content']['application/json'];
export type KindName = NewSource['kind'];

type Of<Name extends KindName> = Extract<NewSource, { kind: Name }>;
type KeysOf<Value> = Extract<keyof NonNullable<Value>, string>;

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
        ...{ key: 'knownHosts', label: 'Known hosts', type: 'lines' },
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

/** Whether this console knows such a kind: what stands in an address is anything. */
export function isKind(kind: string): kind is KindName {
  return Object.hasOwn(KINDS, kind);
}

/** How a kind is called; one that this console does not know, as the service calls it. */
export function kindName(kind: string): string {
  return isKind(kind) ? KINDS[kind].name : kind;
}
