import type { Field } from '../kind-form/field.js';

export interface SinkKindWords {
  readonly label: string;
  readonly settings: readonly Field[];
  /** What opens it; kept by nobody but the service. */
  readonly access: readonly Field[];
  /** Whether one may choose to have the account written beside the secret. */
  readonly hasForm?: boolean;
}

const text = { required: true, type: 'text' } as const;
const optional = { type: 'text' } as const;
const secret = { required: true, type: 'secret' } as const;
const token = { ...secret, key: 'token', label: 'Token' } as const;
const url = (placeholder: string, kind: typeof text | typeof optional = text) =>
  ({ ...kind, key: 'url', label: 'Address', placeholder }) as const;

/** Places that a secret is put into, and what is to be said of each (docs/guides/rotation-sinks.md). */
export const SINK_KINDS = {
  'vault-kv': {
    label: 'Vault or OpenBao',
    settings: [
      url('https://vault.bank.example'),
      { ...optional, key: 'mount', label: 'Mount', placeholder: 'secret', description: 'Of a KV engine, version 2.' },
      { ...text, key: 'path', label: 'Path', placeholder: 'orders/database' },
      { ...optional, key: 'namespace', label: 'Namespace' },
    ],
    access: [
      { ...token, required: false, description: 'Or a role and its secret.' },
      { type: 'secret', key: 'roleId', label: 'Role id' },
      { type: 'secret', key: 'secretId', label: 'Secret id' },
    ],
  },
  'kubernetes-secret': {
    label: 'Kubernetes Secret',
    settings: [
      url('https://cluster.bank.example:6443'),
      { ...text, key: 'namespace', label: 'Namespace', placeholder: 'orders' },
      { ...text, key: 'name', label: 'Secret', placeholder: 'database' },
    ],
    access: [token],
  },
  'aws-secrets-manager': {
    label: 'AWS Secrets Manager',
    settings: [
      { ...text, key: 'region', label: 'Region', placeholder: 'eu-central-1' },
      { ...text, key: 'secretId', label: 'Secret', placeholder: 'orders/database', description: 'Its name or ARN.' },
      { ...optional, key: 'endpoint', label: 'Private endpoint' },
    ],
    access: [
      { ...secret, key: 'accessKeyId', label: 'Access key id' },
      { ...secret, key: 'secretAccessKey', label: 'Secret access key' },
      { type: 'secret', key: 'sessionToken', label: 'Session token' },
    ],
  },
  file: {
    label: 'File on the worker’s machine',
    settings: [
      {
        ...{ ...text, key: 'path', label: 'Path', placeholder: '/run/secrets/orders' },
        description: 'In a folder that the operator named in DELIVERY_FOLDERS.',
      },
    ],
    access: [],
    hasForm: true,
  },
  'github-actions': {
    label: 'GitHub Actions',
    settings: [
      { ...text, key: 'repository', label: 'Repository', placeholder: 'firm/payments' },
      { ...text, key: 'name', label: 'Secret', placeholder: 'DATABASE_PASSWORD' },
      { ...optional, key: 'environment', label: 'Environment', description: 'Of the repository; without, all of it.' },
      url('https://api.github.com', optional),
    ],
    access: [token],
    hasForm: true,
  },
  'gitlab-ci': {
    label: 'GitLab CI',
    settings: [
      url('https://gitlab.com', optional),
      { ...text, key: 'project', label: 'Project', placeholder: 'firm/payments', description: 'Its path or number.' },
      { ...text, key: 'name', label: 'Variable', placeholder: 'DATABASE_PASSWORD' },
      { ...optional, key: 'environmentScope', label: 'Environment scope', placeholder: '*' },
    ],
    access: [token],
  },
} as const satisfies Readonly<Record<string, SinkKindWords>>;

export type SinkKindName = keyof typeof SINK_KINDS;
