import type { Clue } from '../domain/finding.js';
import { isPlainValue } from '../domain/plain-value.js';
import { databaseClue, defaultPort, urlClue } from '../identities/database-url.js';
import { ruleFor } from './rules.js';
import type { StructuredCandidate, StructuredRule } from './structure.js';
import { isReference } from './text.js';

/** A name and its value, as environment files, Compose, pipelines and manifests have them. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const SECRET_NAME =
  /(?:^|[_.-])(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api_?key|apikey|private_?key|access_?key|secret_?key|signing_?key|encryption_?key|master_?key|credentials?|auth|dsn)(?:$|[_.-]|\d)/i;
/** Names that hold such a word and mean something beside it: where it is, how long it lives, whose it is. */
const BESIDE =
  /[_.-](?:file|path|dir|url|uri|endpoint|domain|realm|host|port|name|id|ids|ttl|expir\w*|timeout|length|size|type|algorithm|method|header|enabled?|required|policy|ref|arn|region|version|count|prefix|issuer|audience|scopes?|min|max|username|user|format|public|hash|digest|checksum|sha\d+|age|at)$|public_?key|_pub$|^public[_.-]/i;
const PARTS = {
  host: /[_.-]?(?:host(?:name)?|server|addr(?:ess)?|endpoint)$/i,
  port: /[_.-]?port$/i,
  user: /[_.-]?(?:user(?:_?name)?|login|uid)$/i,
  database: /[_.-]?(?:database|db(?:_?name)?|name|schema)$/i,
} as const;
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/postgres|pg|psql|timescale/i, 'postgresql'],
  [/mysql|maria/i, 'mysql'],
  [/mssql|sqlserver|sql_server/i, 'sqlserver'],
  [/mongo/i, 'mongodb'],
  [/redis|valkey/i, 'redis'],
  [/rabbit|amqp/i, 'amqp'],
  [/ldap/i, 'ldap'],
  [/smtp|mail/i, 'smtp'],
];
const NAMES: Readonly<Record<string, string>> = {
  amqp: 'RabbitMQ',
  ldap: 'LDAP',
  mongodb: 'MongoDB',
  mysql: 'MySQL',
  postgresql: 'PostgreSQL',
  redis: 'Redis',
  smtp: 'SMTP',
  sqlserver: 'SQL Server',
};
const MIN_CHARACTERS = 4;
const MAX_CHARACTERS = 65_536;
/** Where more stand together nobody is told by what stands beside a secret: each would be held against all. */
const MOST_TOGETHER = 2_000;
/** Longer names are read as far. */
const MOST_OF_NAME = 256;

/** Whether a variable of that name holds a secret. */
export function namesSecret(name: string): boolean {
  const words = name.slice(0, MOST_OF_NAME).replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return SECRET_NAME.test(words) && !BESIDE.test(words);
}

/**
 * The secrets among variables that belong together: what stands beside a password under the same beginning of a name (`DB_HOST`,
 * `DB_USER`) says whose it is.
 *
 * @param owner what all of them belong to, or null
 */
export function secretsAmong(
  variables: readonly Variable[],
  rule: StructuredRule,
  within: string,
  owner: ((name: string) => Clue) | null,
): readonly StructuredCandidate[] {
  const together = variables.length > MOST_TOGETHER ? [] : variables;
  return variables.filter(isSecret).map((variable) => {
    const account = urlClue(variable.value) ?? accountBeside(variable, together);
    const clues = [owner?.(variable.name), account].filter((clue) => clue !== undefined);
    const secret = passwordOf(variable.value) ?? variable.value;
    return { rule: ruleFor(rule, secret), secret, start: variable.start, end: variable.end, clues, within: [within] };
  });
}

function isSecret({ name, value }: Variable): boolean {
  if (value.length < MIN_CHARACTERS || value.length > MAX_CHARACTERS || isReference(value)) return false;
  return passwordOf(value) !== undefined || (namesSecret(name) && !isPlainValue(value));
}

/** Of an address with user and password, the password is the secret. */
function passwordOf(value: string): string | undefined {
  const [, password] = /^[a-z][a-z0-9+]{1,30}:\/\/[^\s:@/]{0,256}:([^\s@/]{1,512})@[^\s@]{1,512}$/i.exec(value) ?? [];
  if (password === undefined || isReference(password)) return undefined;
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

function accountBeside({ name }: Variable, variables: readonly Variable[]): Clue | undefined {
  const stem = name.replace(/[_.-]?(?:root_?)?(?:pass(?:word|wd)?|pwd)$/i, '');
  if (stem === name) return undefined;
  const part = (pattern: RegExp): string | undefined =>
    variables.find((other) => {
      const rest = other.name.startsWith(stem) ? other.name.slice(stem.length) : null;
      return rest !== null && pattern.test(rest) && pattern.exec(rest)!.index === 0 && !isReference(other.value);
    })?.value;
  const [host, user] = [part(PARTS.host), part(PARTS.user)];
  if (!host && !user) return undefined;
  const scheme = SYSTEMS.find(([pattern]) => pattern.test(stem) || pattern.test(part(PARTS.port) ?? ''))?.[1];
  const system = byPort(part(PARTS.port)) ?? scheme;
  const port = Number(part(PARTS.port)) || (system ? defaultPort(system) : null);
  const place = host ? [port ? `${host}:${port}` : host] : [];
  return databaseClue(system ? NAMES[system]! : null, user, place, port, part(PARTS.database));
}

function byPort(port: string | undefined): string | undefined {
  const schemes: Readonly<Record<string, string>> = {
    '1433': 'sqlserver',
    '27017': 'mongodb',
    '3306': 'mysql',
    '5432': 'postgresql',
    '6379': 'redis',
  };
  return port && Object.hasOwn(schemes, port) ? schemes[port] : undefined;
}
