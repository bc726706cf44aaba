import { type Command, InvalidArgumentError, Option } from 'commander';
import { parse } from 'yaml';
import type { components, paths } from '../../client/index.js';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../kernel/index.js';
import { CliError } from '../errors.js';
import { readNamedFile } from '../private-file.js';
import { askSecret, readStandardInput } from '../prompt.js';

export type Source = components['schemas']['Source'];
export type NewSource = paths['/v1/sources']['post']['requestBody']['content']['application/json'];
export type SourceKind = NewSource['kind'];

export const SOURCE_KINDS = [
  ...['aws-iam', 'exports', 'files', 'git', 'github', 'gitlab', 'image', 'kubernetes', 'mysql', 'postgresql', 'redis'],
] as readonly SourceKind[] as readonly [SourceKind, ...SourceKind[]];

/** What is said of a source on the command line. What opens it is none of it: everybody on the machine sees that. */
export interface TermOptions {
  /** Not `url`: that is where the service is, for every command. */
  readonly at?: string;
  readonly path?: string;
  readonly organisation?: string;
  readonly group?: string;
  readonly region?: string;
  readonly issuer?: string;
  readonly knownAs?: readonly string[];
  readonly documents?: readonly string[];
  /** Undefined where neither `--secrets` nor `--no-secrets` was given. */
  readonly secrets?: boolean;
  readonly repositories?: boolean;
  readonly file?: string;
  readonly accessFile?: string;
  readonly keyFile?: string;
  readonly knownHostsFile?: string;
  readonly caFile?: string;
  readonly privateNetworkReason?: string;
  readonly keepsSecrets?: boolean;
  readonly every?: number | 'never';
}

/** Options that stand in `settings` by the same name. */
const SETTINGS = [
  ...([
    'path',
    'organisation',
    'group',
    'region',
    'issuer',
    'knownAs',
    'documents',
    'secrets',
    'repositories',
  ] as const),
];
const UNITS: Readonly<Record<string, number>> = { s: 1, m: MINUTE_SECONDS, h: HOUR_SECONDS, d: DAY_SECONDS };
/** What a file holds that says nothing but one secret, and what people are asked for. */
const ALONE: Readonly<Partial<Record<SourceKind, { readonly name: string; readonly question: string }>>> = {
  github: { name: 'token', question: 'Token that may read the organisation: ' },
  gitlab: { name: 'token', question: 'Token that may read the group: ' },
  kubernetes: { name: 'token', question: 'Token of a service account that may list: ' },
  mysql: { name: 'url', question: 'URL with its password, mysql://user:password@host:port: ' },
  postgresql: { name: 'url', question: 'URL with its password, postgresql://user:password@host:port/database: ' },
  redis: { name: 'url', question: 'URL with its password, rediss://user:password@host:port: ' },
};

/** Gives a command the options by which a source is told. */
export function withTerms(command: Command): Command {
  return command
    .option('--at <url>', 'of a repository, a cluster or an API; never with a password in it')
    .option('--path <path>', 'on the worker’s machine, inside a folder of SOURCE_FOLDERS')
    .option('--organisation <name>', 'of GitHub')
    .option('--group <path>', 'of GitLab')
    .option('--region <region>', 'of AWS')
    .option('--issuer <url>', 'of a cluster’s tokens: by it, its accounts are known in tokens that leaked')
    .option('--known-as <host[:port]>', 'what users of a server call it, too; may be repeated', gathered)
    .option('--documents <kinds>', 'what is read for accounts, with commas between', listed)
    .option('--secrets', 'look for secrets, too; in a cluster, read what its Secrets hold')
    .option('--no-secrets', 'only for accounts')
    .option('--repositories', 'with the deploy keys and secrets’ names of each repository')
    .option('--no-repositories', 'without them')
    .option('--file <yaml>', 'all of it in a file: settings, everySeconds, keepsSecrets; options come before it')
    .option('--access-file <file>', 'what opens it: one URL or token, or YAML with names; - for standard input')
    .option('--key-file <file>', 'of git over SSH: the private key of a deploy key that may read')
    .option('--known-hosts-file <file>', 'of git over SSH: lines that name the server’s key')
    .option('--ca-file <pem>', 'its own authorities, believed for it alone')
    .option('--private-network-reason <words>', 'your consent to a private address or to no encryption, and why')
    .option('--keeps-secrets', 'secrets belong there: what is found there is in its place')
    .option('--no-keeps-secrets', 'they do not: what is found there is misplaced')
    .addOption(
      new Option('--every <time>', 'how often, like 15m, 6h or 7d; never for by hand only').argParser(seconds),
    );
}

/** As it may be typed again. */
export function shown({ name, id }: Pick<Source, 'id' | 'name'>): string {
  return /^[\w.@:/-]+$/.test(name) ? name : id;
}

function gathered(value: string, former: readonly string[] = []): readonly string[] {
  return [...former, value];
}

function listed(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function seconds(text: string): number | 'never' {
  if (text === 'never') return text;
  const [, count, unit = 's'] = /^(\d{1,8})([smhd])?$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('Give a time like 90s, 15m, 6h or 7d, or never.');
  return Number(count) * UNITS[unit]!;
}

/** What is said of a source, but for its name, its kind and what opens it: only what was given. */
export interface Terms {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly rest: Readonly<Record<string, unknown>>;
}

/** @throws CliError `file_unreadable` */
export async function termsFrom(options: TermOptions): Promise<Terms> {
  const { settings = {}, ...told } = options.file === undefined ? {} : await yamlIn(options.file);
  const given = SETTINGS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]] as const]));
  const { caFile, privateNetworkReason, keepsSecrets, every } = options;
  return {
    settings: {
      ...(settings as Record<string, unknown>),
      ...(options.at !== undefined && { url: options.at }),
      ...Object.fromEntries(given),
    },
    rest: {
      ...told,
      ...(caFile !== undefined && { caCertificates: (await readNamedFile(caFile)).toString() }),
      ...(privateNetworkReason !== undefined && { privateNetwork: { reason: privateNetworkReason } }),
      ...(keepsSecrets !== undefined && { keepsSecrets }),
      ...(every !== undefined && { everySeconds: every === 'never' ? null : every }),
    },
  };
}

/**
 * What opens a source: from files or standard input, else typed where such a source is never open without.
 *
 * @param asks whether a person is asked where nothing was given
 * @returns undefined where nothing was
 * @throws CliError `file_unreadable`, `option_missing`
 */
export async function accessFrom(
  kind: SourceKind,
  { accessFile, keyFile, knownHostsFile }: TermOptions,
  asks: boolean,
): Promise<Readonly<Record<string, string>> | undefined> {
  const files = {
    ...(keyFile !== undefined && { privateKey: (await readNamedFile(keyFile)).toString() }),
    ...(knownHostsFile !== undefined && { knownHosts: (await readNamedFile(knownHostsFile)).toString() }),
  };
  if (accessFile !== undefined) return { ...(await accessIn(kind, accessFile)), ...files };
  if (Object.keys(files).length > 0) return files;
  const alone = ALONE[kind];
  if (asks && alone) return { [alone.name]: await askSecret(alone.question) };
  if (asks && kind === 'aws-iam')
    throw new CliError(
      'option_missing',
      'Give --access-file with accessKeyId: and secretAccessKey: in YAML, or - and the same by standard input.',
    );
  return undefined;
}

async function accessIn(kind: SourceKind, file: string): Promise<Readonly<Record<string, string>>> {
  const text = (file === '-' ? await readStandardInput() : await readNamedFile(file)).toString().trim();
  const name = ALONE[kind]?.name ?? (kind === 'git' ? 'token' : undefined);
  // A token or a URL has no space in it; what has names has one after each.
  if (name !== undefined && text !== '' && !/\s/.test(text)) return { [name]: text };
  return valuesIn(text, file === '-' ? 'standard input' : file) as Readonly<Record<string, string>>;
}

async function yamlIn(file: string): Promise<Readonly<Record<string, unknown>>> {
  return valuesIn((await readNamedFile(file)).toString(), file);
}

/** @throws CliError `file_unreadable`, without a word of what is in it */
function valuesIn(text: string, where: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = parse(text, { maxAliasCount: 0 });
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch {
    // Said below: the parser's own words quote the file.
  }
  throw new CliError('file_unreadable', `${where} is not YAML with names and values.`);
}
