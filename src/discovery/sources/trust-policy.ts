import { at, fieldsAt, listAt, textAt, textsAt } from './fields.js';

/** Who may take a role on, and why that is more than somebody meant. */
export interface Trust {
  /** Principals in the policy's own words. */
  readonly by: readonly string[];
  /** One short sentence each. */
  readonly tooWide: readonly string[];
  /** Accounts and providers beside the role's own. */
  readonly outside: boolean;
}

const MOST_STATEMENTS = 100;
const MOST_PRINCIPALS = 50;
/** Providers that everybody can have a token of: who it is for decides. */
const PUBLIC_PROVIDERS =
  /^(?:token\.actions\.githubusercontent\.com|gitlab\.com|accounts\.google\.com|app\.terraform\.io|agent\.buildkite\.com|oidc\.circleci\.com)/;

/** Whether a document is a policy that says who may take a role on. */
export function isTrustPolicy(document: unknown): boolean {
  return listAt(document, 'Statement').some(
    (statement) =>
      at(statement, 'Principal') !== undefined &&
      textsAt(statement, 'Action').some((one) => /^sts:AssumeRole|^sts:\*$|^\*$/i.test(one)),
  );
}

/**
 * Reads an AWS role's trust policy.
 *
 * @param account of the role; null where the policy does not say
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
 */
export function readTrustPolicy(document: unknown, account: string | null): Trust {
  const statements = listAt(document, 'Statement')
    .slice(0, MOST_STATEMENTS)
    .filter((statement) => textAt(statement, 'Effect') === 'Allow' && at(statement, 'Principal') !== undefined);
  const parts = statements.map((statement) => trustOf(statement, account));
  return {
    by: [...new Set(parts.flatMap(({ by }) => by))].slice(0, MOST_PRINCIPALS),
    tooWide: [...new Set(parts.flatMap(({ tooWide }) => tooWide))],
    outside: parts.some(({ outside }) => outside),
  };
}

function trustOf(statement: unknown, account: string | null): Trust {
  const principal = at(statement, 'Principal');
  const anybody = principal === '*' || textsAt(principal, 'AWS').includes('*');
  const conditions = conditionsOf(statement);
  const federated = textsAt(principal, 'Federated');
  const accounts = textsAt(principal, 'AWS');
  const others = accounts.map(accountIn).filter((one) => one !== null && one !== account);
  const tooWide = [
    ...(anybody && conditions.size === 0 ? ['Anybody in any account may take it on.'] : []),
    ...(account !== null && others.length > 0 && !conditions.has('sts:externalid')
      ? [`Account ${others[0]} may take it on without an external id.`]
      : []),
    ...federated.flatMap((provider) => ofProvider(provider.replace(/^arn:[^/]*:oidc-provider\//, ''), conditions)),
  ];
  const services = textsAt(principal, 'Service');
  return {
    by: [...(anybody ? ['*'] : accounts), ...services, ...federated],
    tooWide,
    outside: anybody || (account !== null && others.length > 0),
  };
}

function ofProvider(provider: string, conditions: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (provider.startsWith('arn:')) return [];
  const [aud, sub] = [conditions.get(`${provider}:aud`.toLowerCase()), conditions.get(`${provider}:sub`.toLowerCase())];
  const said: string[] = [];
  if (!aud || aud.some((one) => one === '*')) said.push(`Tokens of ${provider} for any audience are taken.`);
  if (!sub) said.push(`Any subject of ${provider} may take it on.`);
  else said.push(...sub.flatMap((one) => tooWideSubject(provider, one) ?? []));
  return PUBLIC_PROVIDERS.test(provider) || said.length === 0
    ? said
    : said.filter((one) => one.startsWith('Any subject'));
}

/** A subject in which the part that says whose it is, or from which branch or environment, may be anything. */
export function tooWideSubject(provider: string, subject: string): string | undefined {
  if (/^\*+$/.test(subject)) return `Any subject of ${provider} may take it on.`;
  const [, owner, repository] = /^(?:repo|project_path):([^/:]*)\/?([^:]*)/.exec(subject) ?? [];
  if (owner === undefined) return undefined;
  if (/[*?]/.test(owner)) return `Anybody's repositories at ${provider} may take it on (${subject}).`;
  if (repository === '' || /[*?]/.test(repository ?? ''))
    return `Any repository of ${owner} may take it on (${subject}).`;
  if (/:\*$/.test(subject))
    return `Any branch, tag and pull request of ${owner}/${repository} may take it on (${subject}).`;
  return undefined;
}

/** By key in small letters; only operators that hold where the key is there. */
function conditionsOf(statement: unknown): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [operator, keys] of Object.entries(fieldsAt(statement, 'Condition')).slice(0, 50)) {
    if (/not|IfExists$|^Null$/i.test(operator)) continue;
    for (const [key, values] of Object.entries(fieldsAt(keys)).slice(0, 50))
      found.set(key.toLowerCase(), [...(found.get(key.toLowerCase()) ?? []), ...textsAt([values].flat())]);
  }
  return found;
}

function accountIn(principal: string): string | null {
  return /^(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(principal)?.[1] ?? null;
}
