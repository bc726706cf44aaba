import { homedir } from 'node:os';
import path from 'node:path';
import { Config, type DatabaseChoice, type MailSettings, type SingleSignOnSettings } from './config.js';
import { ConfigError } from './errors.js';
import { type Variable, type VariableName, VARIABLES } from './variables.js';

type Environment = Readonly<Record<string, string | undefined>>;
type Values = {
  readonly [Name in VariableName]: (typeof VARIABLES)[Name] extends { schema: { _zod: { output: infer Value } } }
    ? (typeof VARIABLES)[Name]['fallback'] extends string
      ? Value
      : Value | undefined
    : never;
};

/**
 * Reads the whole configuration. An empty variable counts as one that is not set.
 *
 * @throws ConfigError `config_invalid`, naming every mistake: the variable, what would be right, and what it holds,
 *   unless that is a secret
 */
export function readConfig(environment: Environment): Config {
  const mistakes: string[] = [];
  const values = readVariables(environment, mistakes);
  const database = mistakes.length === 0 ? databaseFrom(values, mistakes) : undefined;
  if (values.SMTP_URL !== undefined && values.MAIL_FROM === undefined)
    mistakes.push('MAIL_FROM must name the sender of letters, as SMTP_URL is set.');
  if (values.SSO_ISSUER !== undefined && values.SSO_CLIENT_ID === undefined)
    mistakes.push('SSO_CLIENT_ID must name this installation as the provider knows it, as SSO_ISSUER is set.');
  if (mistakes.length > 0 || !database)
    throw new ConfigError(
      'config_invalid',
      `The configuration cannot be used:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`,
      { details: { mistakes } },
    );
  const publicUrl = values.PUBLIC_URL ?? originOf('localhost', values.LISTEN_PORT);
  return new Config({
    roles: Object.freeze(values.MUSTER_ROLES),
    dataDirectory: path.resolve(values.DATA_DIR),
    configDirectory: values.XDG_CONFIG_HOME ?? path.join(homedir(), '.config'),
    unsealFile: values.MUSTER_UNSEAL_FILE === undefined ? null : path.resolve(values.MUSTER_UNSEAL_FILE),
    database: Object.freeze(database),
    databasePoolSize: values.DATABASE_POOL_SIZE,
    statementTimeoutSeconds: values.DATABASE_STATEMENT_TIMEOUT_SECONDS,
    redisUrl: values.REDIS_URL ?? null,
    publicUrl,
    mutualUrl: values.MUTUAL_URL ?? originOf(new URL(publicUrl).hostname, values.MUTUAL_PORT),
    listenHost: values.LISTEN_HOST,
    listenPort: values.LISTEN_PORT,
    mutualPort: values.MUTUAL_PORT,
    trustDomain: values.TRUST_DOMAIN,
    policyFile: values.POLICY_FILE === undefined ? null : path.resolve(values.POLICY_FILE),
    logLevel: values.LOG_LEVEL,
    egressAllow: Object.freeze(values.EGRESS_ALLOW),
    deliveryFolders: Object.freeze(values.DELIVERY_FOLDERS),
    sourceFolders: Object.freeze(values.SOURCE_FOLDERS),
    metricsAllow: Object.freeze(values.METRICS_ALLOW),
    bodyLimitBytes: values.BODY_LIMIT_BYTES,
    rateLimits: Object.freeze({
      failuresPerMinute: values.RATE_LIMIT_FAILURES_PER_MINUTE,
      requestsPerMinute: values.RATE_LIMIT_REQUESTS_PER_MINUTE,
      addressPerMinute: values.RATE_LIMIT_ADDRESS_PER_MINUTE,
    }),
    workerConcurrency: values.WORKER_CONCURRENCY,
    mail: mailFrom(values),
    singleSignOn: singleSignOnFrom(values),
  });
}

function readVariables(environment: Environment, mistakes: string[]): Values {
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries<Variable<unknown>>(VARIABLES)) {
    const text = environment[name] || variable.fallback;
    if (text === null) continue;
    const parsed = variable.schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else mistakes.push(`${name} ${parsed.error.issues[0]!.message}${variable.secret ? '' : `; it is ${quote(text)}`}.`);
  }
  return values as unknown as Values;
}

/** An external database comes with all of its roles, and they are three. */
function databaseFrom(values: Values, mistakes: string[]): DatabaseChoice {
  const { DATABASE_URL: appUrl, DATABASE_SIGNER_URL: signerUrl, DATABASE_OWNER_URL: ownerUrl } = values;
  const migrates = values.MUSTER_ROLES.includes('migrate');
  if (appUrl === undefined) {
    if (signerUrl !== undefined || ownerUrl !== undefined)
      mistakes.push('DATABASE_URL must name the role that the service works as, beside the other two DATABASE_…_URL.');
    return { kind: 'embedded' };
  }
  if (signerUrl === undefined) mistakes.push('DATABASE_SIGNER_URL must name the role that the signer reads as.');
  if (migrates && ownerUrl === undefined)
    mistakes.push('DATABASE_OWNER_URL must name the role that migrates, or MUSTER_ROLES must leave out migrate.');
  const roles = [appUrl, signerUrl, ownerUrl].filter((url) => url !== undefined).map((url) => new URL(url).username);
  if (new Set(roles).size < roles.length)
    mistakes.push('DATABASE_URL, DATABASE_OWNER_URL and DATABASE_SIGNER_URL must each name a role of its own.');
  return { kind: 'external', appUrl, signerUrl: signerUrl ?? '', ownerUrl: ownerUrl ?? null };
}

function mailFrom({ SMTP_URL: url, MAIL_FROM: from, SMTP_CA_FILE: caFile }: Values): MailSettings | null {
  if (url === undefined || from === undefined) return null;
  return Object.freeze({ url, from, caFile: caFile === undefined ? null : path.resolve(caFile) });
}

function singleSignOnFrom(values: Values): SingleSignOnSettings | null {
  const { SSO_ISSUER: issuer, SSO_CLIENT_ID: clientId, SSO_CA_FILE: caFile } = values;
  if (issuer === undefined || clientId === undefined) return null;
  return Object.freeze({
    ...{ issuer, clientId, clientSecret: values.SSO_CLIENT_SECRET ?? null, name: values.SSO_NAME },
    ...{ levels: values.SSO_ACR_MAP, allowPrivate: values.SSO_ALLOW_PRIVATE },
    caFile: caFile === undefined ? null : path.resolve(caFile),
  });
}

function originOf(host: string, port: number): string {
  return new URL(`https://${host}:${port}`).origin;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}…` : text);
}
