/** One field of what a place is, or of what opens it. */
export interface SinkField {
  readonly name: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly description?: string;
  readonly isOptional?: boolean;
}

export interface SinkKindWords {
  readonly label: string;
  readonly settings: readonly SinkField[];
  /** What opens it; kept by nobody but the service. */
  readonly access: readonly SinkField[];
  /** Whether one may choose to have the account written beside the secret. */
  readonly hasForm?: boolean;
}

const TOKEN: SinkField = { name: 'token', label: 'Token' };
const url = (placeholder: string, isOptional = false): SinkField => ({
  name: 'url',
  label: 'Address',
  placeholder,
  isOptional,
});

/** Places that a secret is put into, and what is to be said of each (docs/guides/rotation-sinks.md). */
export const SINK_KINDS = {
  'vault-kv': {
    label: 'Vault or OpenBao',
    settings: [
      url('https://vault.bank.example'),
      {
        name: 'mount',
        label: 'Mount',
        placeholder: 'secret',
        description: 'Of a KV engine, version 2.',
        isOptional: true,
      },
      { name: 'path', label: 'Path', placeholder: 'orders/database' },
      { name: 'namespace', label: 'Namespace', isOptional: true },
    ],
    access: [
      { ...TOKEN, description: 'Or a role and its secret.', isOptional: true },
      { name: 'roleId', label: 'Role id', isOptional: true },
      { name: 'secretId', label: 'Secret id', isOptional: true },
    ],
  },
  'kubernetes-secret': {
    label: 'Kubernetes Secret',
    settings: [
      url('https://cluster.bank.example:6443'),
      { name: 'namespace', label: 'Namespace', placeholder: 'orders' },
      { name: 'name', label: 'Secret', placeholder: 'database' },
    ],
    access: [TOKEN],
  },
  'aws-secrets-manager': {
    label: 'AWS Secrets Manager',
    settings: [
      { name: 'region', label: 'Region', placeholder: 'eu-central-1' },
      { name: 'secretId', label: 'Secret', placeholder: 'orders/database', description: 'Its name or ARN.' },
      { name: 'endpoint', label: 'Private endpoint', isOptional: true },
    ],
    access: [
      { name: 'accessKeyId', label: 'Access key id' },
      { name: 'secretAccessKey', label: 'Secret access key' },
      { name: 'sessionToken', label: 'Session token', isOptional: true },
    ],
  },
  file: {
    label: 'File on the worker’s machine',
    settings: [
      {
        ...{ name: 'path', label: 'Path', placeholder: '/run/secrets/orders' },
        description: 'In a folder that the operator named in DELIVERY_FOLDERS.',
      },
    ],
    access: [],
    hasForm: true,
  },
  'github-actions': {
    label: 'GitHub Actions',
    settings: [
      { name: 'repository', label: 'Repository', placeholder: 'firm/payments' },
      { name: 'name', label: 'Secret', placeholder: 'DATABASE_PASSWORD' },
      {
        name: 'environment',
        label: 'Environment',
        description: 'Of the repository; without, all of it.',
        isOptional: true,
      },
      url('https://api.github.com', true),
    ],
    access: [TOKEN],
    hasForm: true,
  },
  'gitlab-ci': {
    label: 'GitLab CI',
    settings: [
      url('https://gitlab.com', true),
      { name: 'project', label: 'Project', placeholder: 'firm/payments', description: 'Its path or number.' },
      { name: 'name', label: 'Variable', placeholder: 'DATABASE_PASSWORD' },
      { name: 'environmentScope', label: 'Environment scope', placeholder: '*', isOptional: true },
    ],
    access: [TOKEN],
  },
} as const satisfies Readonly<Record<string, SinkKindWords>>;

export type SinkKindName = keyof typeof SINK_KINDS;

/** What was written, without what was left empty; `undefined` where all of it was. */
export function given(fields: readonly SinkField[], written: Readonly<Record<string, string>>) {
  const said = fields.flatMap(({ name }) => {
    const value = written[name]?.trim() ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
