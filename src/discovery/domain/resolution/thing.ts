import { createHash } from 'node:crypto';
import { BANDS, type Band } from '../finding.js';
import type { SealedVerifier } from '../../identities/sealed-verifier.js';
import { isCredential, isOfServer } from '../identifiers.js';
import { namesOf } from '../names.js';
import type { AccountSeen, CredentialSeen } from '../observation.js';

/** One credential or one account, wherever it was seen: what becomes one finding. */
export interface Thing {
  readonly kind: 'credential' | 'account';
  /** By what it is told from all others. */
  readonly key: string;
  readonly rule: string;
  readonly vendor: string;
  readonly name: string;
  readonly band: Band;
  readonly because: readonly string[];
  readonly lastFour: string | null;
  /** Why it cannot be used, where it says so itself. */
  readonly moot: string | null;
  /** Whether having seen it is enough to use it: no list of keys, no certificate, no account. */
  readonly secret: boolean;
  /** The names of the credential, its fingerprint among them. */
  readonly marks: readonly string[];
  /** Names of accounts: of whom it says it is; of an account, its own. */
  readonly accounts: readonly string[];
  /** Of an account: the names of the credentials that its system says it holds, and as whom it signs in. */
  readonly holds: readonly string[];
  /** What it opens or is, for people. */
  readonly words: readonly string[];
  /** Whether an account is a person's own. */
  readonly human: boolean;
  /** What proves a password of it, closed. */
  readonly verifier?: SealedVerifier;
}

/** A credential as it arrives: its digest keyed already. */
export interface Keyed extends Omit<CredentialSeen, 'digest'> {
  /** Keyed fingerprint, hexadecimal; null where no secret was seen. */
  readonly fingerprint: string | null;
}

/** Accounts grow names from many places; more than these are not kept. */
const MOST_NAMES = 64;
const MOST_WORDS = 12;
/** Who a repository says answers for a file: people, whose names are kept nowhere. */
export const OWNERS = 'codeowners';
/** Of what they are the mark, no two have the same. */
const PASSWORD = 'password:';
const STRONG = ['public-key:', 'fingerprint:', PASSWORD];

/** A rule may tell of an id by itself, which is no secret: what has one of its own names for a digest was seen without its secret. */
export function withoutIds(seen: CredentialSeen): CredentialSeen {
  const ids = seen.digest === null ? [] : seen.clues.flatMap(({ facts }) => Object.values(facts));
  const isId = ids.some((id) => createHash('sha256').update(id).digest('base64url') === seen.digest);
  return isId ? { ...seen, digest: null, lastFour: null } : seen;
}

export function fingerprintMark(fingerprint: string): string {
  return `fingerprint:${fingerprint}`;
}

export function credentialThing(seen: Keyed): Thing {
  const { credential, account } = namesOf(seen);
  const own = seen.fingerprint === null ? credential : [fingerprintMark(seen.fingerprint), ...credential];
  const marks = [...own, ...verifierMarks(seen)];
  return {
    kind: 'credential',
    key: credentialKey(seen, marks, account),
    rule: seen.rule,
    vendor: seen.vendor,
    name: seen.name,
    band: seen.band,
    because: seen.because,
    lastFour: seen.lastFour,
    moot: seen.clues.find(({ moot }) => moot !== undefined)?.moot ?? null,
    secret: seen.fingerprint !== null && seen.secretKind !== 'certificate',
    marks,
    accounts: account,
    holds: [],
    words: seen.clues
      .filter(({ from }) => from !== OWNERS)
      .map(({ words }) => words)
      .slice(0, MOST_WORDS),
    human: false,
    ...(seen.verifier && { verifier: seen.verifier }),
  };
}

/** By it, whatever proves passwords is found again. */
export const VERIFIER = 'verifier:';

function verifierMarks({ verifier }: { readonly verifier?: SealedVerifier }): readonly string[] {
  return verifier ? [`${VERIFIER}${verifier.role}`] : [];
}

export function accountThing(seen: AccountSeen): Thing {
  return {
    kind: 'account',
    key: `account:${seen.identifiers[0]}`,
    rule: `${seen.identifiers[0].split(':')[0]}-${seen.accountKind}`,
    vendor: seen.system.split(' ')[0]!,
    name: seen.accountKind.replaceAll('-', ' '),
    band: seen.facts.disabled ? 'low' : 'high',
    because: seen.facts.disabled ? ['It is disabled.'] : ['Its own system lists it.'],
    lastFour: null,
    moot: null,
    secret: false,
    marks: verifierMarks(seen),
    accounts: [...seen.identifiers],
    holds: [
      ...new Set([
        ...(seen.logins ?? []),
        ...seen.credentials.flatMap(({ keyId, publicKey }) => [
          ...(keyId === null ? [] : [keyId]),
          ...(publicKey === null ? [] : [`public-key:${publicKey}`]),
        ]),
      ]),
    ],
    words: [`${seen.name} of ${seen.system}`],
    human: seen.facts.human === true,
    ...(seen.verifier && { verifier: seen.verifier }),
  };
}

/** Whether its key alone tells it from all others; one without was seen by an id, or nameless, only. */
export function isStrong({ kind, key }: Pick<Thing, 'kind' | 'key'>): boolean {
  return kind === 'account' || (STRONG.some((head) => key.startsWith(head)) && !key.endsWith(UNSAID));
}

/** How much its key says: of what nobody chose, of what people may have chosen with whom it opens, of what was seen by an id alone. */
export function strengthOf(thing: Pick<Thing, 'kind' | 'key'>): number {
  if (!isStrong(thing)) return 0;
  return thing.key.startsWith(PASSWORD) ? 1 : 2;
}

/**
 * Whether they are one secret, of which one saw that nobody chose it: a system that keeps digests tells them of whatever password.
 */
export function isOneSecret({ key }: Pick<Thing, 'key'>, other: Pick<Thing, 'key'>): boolean {
  const [password, secret] = key.startsWith(PASSWORD) ? [key, other.key] : [other.key, key];
  return secret.startsWith('fingerprint:') && password.startsWith(`${PASSWORD}${secret.slice('fingerprint:'.length)} `);
}

/** Two sightings of one thing in one: what either knows. The key is the first's, unless the other's says more. */
export function together(known: Thing, seen: Thing): Thing {
  // What its system says of an account last holds: it may have been disabled since. What is proved is told.
  const isBetter =
    seen.kind === 'account' ||
    seen.because.some((reason) => reason.startsWith(PROVED)) ||
    BANDS.indexOf(seen.band) < BANDS.indexOf(known.band);
  const better = isBetter ? seen : known;
  const told = strengthOf(seen) > strengthOf(known) ? seen : known;
  // A password that was changed has another.
  const verifier = seen.verifier ?? known.verifier;
  return {
    ...known,
    key: told.key,
    rule: told.rule,
    vendor: told.vendor,
    name: told.name,
    band: better.band,
    because: better.because,
    lastFour: known.lastFour ?? seen.lastFour,
    moot: known.moot ?? seen.moot,
    secret: known.secret || seen.secret,
    marks: union(known.marks, seen.marks, MOST_NAMES),
    accounts: union(known.accounts, seen.accounts, MOST_NAMES),
    holds: seen.kind === 'account' ? seen.holds : known.holds,
    words: union(known.words, seen.words, MOST_WORDS),
    human: seen.kind === 'account' ? seen.human : known.human,
    ...(verifier && { verifier }),
  };
}

/** How the reason begins that a password is live (`password-proofs.ts`). */
const PROVED = 'Proved: ';
/** Where a password's holder is not said. */
const UNSAID = ' ?';

/**
 * A key pair is the same one in every format; a secret is its fingerprint, but a password that people choose is the same for
 * many accounts, so that the account belongs to it. What was seen without its secret is known by what its vendor calls it.
 */
function credentialKey(seen: Keyed, marks: readonly string[], accounts: readonly string[]): string {
  const pair = marks.find((mark) => mark.startsWith('public-key:'));
  if (
    pair !== undefined &&
    (seen.secretKind === 'private-key' || seen.secretKind === 'certificate' || !seen.fingerprint)
  )
    return pair;
  if (seen.fingerprint !== null)
    return seen.guessable ? `${PASSWORD}${seen.fingerprint} ${openedBy(accounts)}` : fingerprintMark(seen.fingerprint);
  const named = marks.find(isCredential);
  return named ?? `place:${seen.rule} ${seen.place.path}:${seen.place.line ?? ''}`;
}

/** The account on a server where one is named: what else stands beside a password may stand there by chance. */
function openedBy(accounts: readonly string[]): string {
  const [server = accounts.toSorted()[0]] = accounts.filter(isOfServer).toSorted();
  return server ?? '?';
}

function union(a: readonly string[], b: readonly string[], most: number): readonly string[] {
  if (b.every((one) => a.includes(one))) return a;
  return [...new Set([...a, ...b])].slice(0, most);
}
