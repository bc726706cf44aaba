import { type AccountFacts, type AccountSeen, type HeldCredential, placeAt } from '../domain/observation.js';

type Known = Pick<AccountSeen, 'system' | 'accountKind' | 'name' | 'identifiers'> &
  Partial<Pick<AccountSeen, 'grants' | 'credentials' | 'logins' | 'verifier'>> & {
    /** Where it stands, as the source names its objects. */
    readonly path: string;
    readonly facts?: Partial<AccountFacts>;
  };

const UNKNOWN: AccountFacts = {
  ...{ createdAt: null, lastUsedAt: null, expiresAt: null, disabled: false, human: null },
  ...{ thirdParty: false, privileged: false, environment: null, more: {} },
};
/** More says nothing more to anybody. */
const MOST_GRANTS = 500;
const MOST_CREDENTIALS = 100;

/** An account with what its system does not say left open. */
export function accountSeen({ path, facts, grants = [], credentials = [], ...known }: Known): AccountSeen {
  const more = Object.fromEntries(Object.entries(facts?.more ?? {}).filter(([, text]) => text !== ''));
  const told = grants.length > MOST_GRANTS ? { ...more, grants: `${grants.length} in all` } : more;
  return {
    kind: 'account',
    ...known,
    grants: grants.slice(0, MOST_GRANTS),
    credentials: credentials.slice(0, MOST_CREDENTIALS),
    facts: { ...UNKNOWN, ...facts, more: told },
    place: placeAt(path),
  };
}

/** A credential that an account holds, with what its system does not say left open. */
export function held(known: Partial<HeldCredential>): HeldCredential {
  return {
    ...{ keyId: null, publicKey: null, suffix: null, createdAt: null, lastUsedAt: null, expiresAt: null, active: true },
    ...known,
  };
}

/** Facts by name, without those that are not there. */
export function told(
  facts: Readonly<Record<string, boolean | number | string | null | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === null || value === undefined || value === '' || value === false ? [] : [[name, String(value)]],
    ),
  );
}

const ENVIRONMENTS: Readonly<Record<string, string>> = {
  ...{ prod: 'production', production: 'production', prd: 'production', live: 'production' },
  ...{ staging: 'staging', stage: 'staging', stg: 'staging', preprod: 'staging', uat: 'staging' },
  ...{ test: 'test', qa: 'test', dev: 'development', development: 'development', sandbox: 'development' },
};

/** The environment that a name or a tag says, as a word of its own; null where it says none, or several. */
export function environmentIn(...texts: readonly (string | null | undefined)[]): string | null {
  const words = texts.flatMap((text) => (text ?? '').toLowerCase().split(/[^a-z]+/));
  const said = new Set(words.flatMap((word) => (Object.hasOwn(ENVIRONMENTS, word) ? [ENVIRONMENTS[word]!] : [])));
  return said.size === 1 ? [...said][0]! : null;
}
