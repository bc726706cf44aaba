import type { SecretKind } from '../domain/rule.js';
import type { StructuredRule } from './structure.js';

function rule(
  id: string,
  vendor: string,
  name: string,
  kind: SecretKind,
  page: string,
  reveals: string,
): StructuredRule {
  // What stands in its place is a secret, however little chance is in it.
  return { id, vendor, name, kind, basis: 'documented', page, reveals, entropy: 0 };
}

/** A variable is known by its name alone. */
function variable(...words: Parameters<typeof rule>): StructuredRule {
  return { ...rule(...words), basis: 'generic' };
}

/** The same for a value that shows itself to be a private key, whatever it is kept for. */
export function ruleFor(rule: StructuredRule, value: string): StructuredRule {
  return /-----BEGIN [A-Z ]{0,32}PRIVATE KEY/.test(value) ? { ...rule, kind: 'private-key' } : rule;
}

const AWS_FILES = 'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html';
const NPM = 'https://docs.npmjs.com/cli/configuring-npm/npmrc';
const TERRAFORM = 'https://developer.hashicorp.com/terraform/language/state/sensitive-data';

/** What files of a known structure hold; `rules/` has those of text. */
export const STRUCTURED = {
  awsCredentials: rule(
    'aws-credentials-file',
    'AWS',
    'secret access key of a credentials file',
    'access-key',
    AWS_FILES,
    'account, profile',
  ),
  awsCsv: rule(
    'aws-credentials-csv',
    'AWS',
    'credentials as the console gives them',
    'access-key',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
    'account, user',
  ),
  ciVariable: variable(
    'pipeline-variable',
    'CI',
    'variable of a pipeline',
    'password',
    'https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#env',
    'pipeline, variable',
  ),
  composeVariable: variable(
    'compose-variable',
    'Docker',
    'environment of a Compose service',
    'password',
    'https://docs.docker.com/reference/compose-file/services/#environment',
    'service, variable',
  ),
  derKey: rule(
    'private-key-der',
    'X.509',
    'private key in DER',
    'private-key',
    'https://www.rfc-editor.org/rfc/rfc5958',
    'the public key',
  ),
  dockerConfig: rule(
    'docker-config-auth',
    'Docker',
    'login to a registry',
    'password',
    'https://docs.docker.com/reference/cli/docker/login/',
    'registry, user',
  ),
  dotenv: variable(
    'dotenv-variable',
    'dotenv',
    'variable of an environment file',
    'password',
    'https://docs.docker.com/compose/how-tos/environment-variables/',
    'variable',
  ),
  gitCredentials: rule(
    'git-credentials',
    'Git',
    'stored login',
    'password',
    'https://git-scm.com/docs/git-credential-store',
    'host, user',
  ),
  googleKeyFile: rule(
    'google-service-account-key',
    'Google',
    'service account key',
    'private-key',
    'https://docs.cloud.google.com/iam/docs/keys-create-delete',
    'service account, project, key',
  ),
  googleUserFile: rule(
    'google-authorized-user',
    'Google',
    'application default credentials of a user',
    'token',
    'https://docs.cloud.google.com/docs/authentication/application-default-credentials',
    'OAuth client, project',
  ),
  keyStore: rule(
    'key-store',
    'PKCS #12 and Java',
    'key store',
    'key-store',
    'https://www.rfc-editor.org/rfc/rfc7292',
    'certificates',
  ),
  kubeconfig: rule(
    'kubeconfig-user',
    'Kubernetes',
    'user of a kubeconfig file',
    'token',
    'https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/',
    'cluster, user, groups',
  ),
  kubernetesSecret: rule(
    'kubernetes-secret',
    'Kubernetes',
    'value of a Secret manifest',
    'password',
    'https://kubernetes.io/docs/concepts/configuration/secret/',
    'namespace, name, key',
  ),
  netrc: rule(
    'netrc-password',
    'netrc',
    'login of a machine',
    'password',
    'https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html',
    'host, user',
  ),
  npmPassword: rule('npmrc-password', 'npm', 'login to a registry', 'password', NPM, 'registry, user'),
  npmToken: rule('npmrc-token', 'npm', 'token of a registry', 'token', NPM, 'registry'),
  pgpass: rule(
    'pgpass-password',
    'PostgreSQL',
    'line of a password file',
    'password',
    'https://www.postgresql.org/docs/current/libpq-pgpass.html',
    'host, database, user',
  ),
  pypirc: rule(
    'pypirc-password',
    'PyPI',
    'login to a package index',
    'password',
    'https://packaging.python.org/en/latest/specifications/pypirc/',
    'repository, user',
  ),
  railsKey: rule(
    'rails-key-file',
    'Ruby on Rails',
    'file of the key of the encrypted credentials',
    'private-key',
    'https://guides.rubyonrails.org/security.html#custom-credentials',
    'environment, by its name',
  ),
  terraform: rule(
    'terraform-state',
    'Terraform',
    'secret in a state file',
    'password',
    TERRAFORM,
    'resource, provider’s own ids',
  ),
} as const;

export type StructuredKind = keyof typeof STRUCTURED;
