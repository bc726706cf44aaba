import { schemeOf } from '../identifiers.js';
import type { Answers, Registered } from './registry.js';
import type { Thing } from './thing.js';

/**
 * What a thing is to the registry.
 *
 * `registered`: somebody's, and where it belongs. `misplaced`: somebody's, and where it does not, or after its end.
 * `shadow-credential`: nobody registered it, but the identity whose it is is known. `shadow-identity`: it says whose it is, and
 * nobody registered that one. `unattributed`: it says nothing of whose it is. `ghost`: registered, and not in the system that
 * should have it. `placeholder`: a sample, a canary, what people write in place of a secret. `human`: a person's own account.
 */
export const VERDICTS = [
  'shadow-identity',
  'shadow-credential',
  'misplaced',
  'unattributed',
  'ghost',
  'registered',
  'placeholder',
  'human',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One reason to believe a verdict. */
export interface Evidence {
  /** How: the secret itself, its key pair, its number, its system's own list, or what it says of whose it is. */
  readonly by: 'fingerprint' | 'public-key' | 'key-id' | 'listed' | 'account' | 'content';
  /** The name that it is by; a fingerprint is left out: it is for the registry alone. */
  readonly identifier: string | null;
  readonly identityId: string | null;
}

export interface Resolution {
  readonly verdict: Verdict;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly identityId: string | null;
  readonly credentialId: string | null;
  /** Whose it is where nobody registered that: the name to register. */
  readonly named: string | null;
  /** One sentence that says why. */
  readonly because: string;
  readonly evidence: readonly Evidence[];
}

/** Where a thing stands now. */
export interface Standing {
  /** How many places it stands in where no secret belongs. */
  readonly exposed: number;
  readonly places: number;
}

/** What is known of a thing beside itself. */
export interface Knowledge {
  readonly registry: Answers;
  /** By the name of a credential, or of an account: the accounts whose systems say that they hold it or go by it, by all names of those. */
  readonly holders: ReadonlyMap<string, readonly (readonly string[])[]>;
}

/** How far each kind of evidence goes; what it rests on is in `scanning.md`'s order. */
const CONFIDENCE = {
  fingerprint: 0.99,
  'public-key': 0.99,
  'key-id': 0.97,
  listed: 0.95,
  account: 0.9,
  content: 0.5,
} as const;
const AMBIGUOUS = 0.5;
/** Of what may be no secret at all. */
const CONFIDENCE_LOW = { listed: 0.75, account: 0.7 } as const;
const LOW_BAND = 0.8;

/** Names to ask the lists for: of what accounts may hold it, and which accounts it says it opens. */
export function heldBy({ kind, marks, accounts }: Thing): readonly string[] {
  return kind === 'account' ? marks : [...marks, ...accounts];
}

/** Names to ask the registry for. */
export function askedFor(thing: Thing, holders: Knowledge['holders']): readonly string[] {
  return [...new Set([...thing.marks, ...openedBy(thing, holders), ...listedBy(thing, holders)])];
}

/** Pure: what the thing is, by what it says itself and what is known of it. */
export function resolve(thing: Thing, standing: Standing, knowledge: Knowledge): Resolution {
  if (thing.kind === 'account') return resolveAccount(thing, knowledge);
  const exact = matchesBy(thing.marks, knowledge.registry);
  if (exact.length > 0) return registeredCredential(thing, standing, exact, knowledge);
  const fake = fakeReason(thing);
  if (fake !== null) return { ...NOBODY, verdict: 'placeholder', confidence: 0.95, because: fake };
  const listed = listedBy(thing, knowledge.holders);
  const known = whose(listed, 'listed', knowledge) ?? whose(openedBy(thing, knowledge.holders), 'account', knowledge);
  if (known) return shadowCredential(thing, known);
  if (thing.band === 'low' && thing.moot === null)
    return {
      ...NOBODY,
      verdict: 'placeholder',
      confidence: LOW_BAND,
      because: thing.because[0] ?? 'It looks like none.',
    };
  const named = givenName(listed) ?? givenName(thing.accounts);
  if (named !== undefined) return shadowIdentity(thing, named, listed.length > 0 ? 'listed' : 'account');
  return unattributed(thing);
}

/** Of the names of an account the one that people gave it: its number says nothing to them, and would be the identity's. */
function givenName(names: readonly string[]): string | undefined {
  return names.find((name) => !NUMBERS.has(schemeOf(name))) ?? names[0];
}

const NUMBERS = new Set(['aws-id', 'azure-principal', 'google-client', 'kubernetes-uid']);
const NOBODY = { identityId: null, credentialId: null, named: null, evidence: [] } as const;

function registeredCredential(
  thing: Thing,
  { exposed, places }: Standing,
  exact: readonly Registered[],
  { registry }: Knowledge,
): Resolution {
  const best = exact.find(({ credentialId }) => credentialId !== null) ?? exact[0]!;
  const by = kindOf(best.identifier);
  const others = matchesBy(thing.accounts, registry).filter(({ identityId }) => identityId !== best.identityId);
  const base = {
    confidence: CONFIDENCE[by],
    identityId: best.identityId,
    credentialId: best.credentialId,
    named: null,
    evidence: [...exact.map(evidenceOf), ...others.map(evidenceOf)],
  };
  const how = `${capital(HOW[by])} is the one registered for ${best.identityName}`;
  const wrong = [
    thing.secret &&
      exposed > 0 &&
      `lies in ${places === 1 ? 'a place' : `${exposed} of ${places} places`} where no secret belongs`,
    best.ended !== null && (best.ended === 'revoked' ? 'was revoked' : 'has expired'),
    best.identityStatus === 'retired' && 'belongs to an identity that is retired',
    others.length > 0 && `says that it is ${others[0]!.identityName}'s`,
  ].filter((reason) => reason !== false);
  if (wrong.length === 0) return { ...base, verdict: 'registered', because: `${how}, and it is where it belongs.` };
  return { ...base, verdict: 'misplaced', because: `${how}, but it ${wrong.join(', and ')}.` };
}

function shadowCredential(thing: Thing, { matches, by }: Match): Resolution {
  const identities = [...new Set(matches.map(({ identityId }) => identityId))];
  const first = matches[0]!;
  const evidence = matches.map((match) => ({ ...evidenceOf(match), by }));
  const what = `Nobody registered this ${thing.name}`;
  if (identities.length > 1) {
    const names = [...new Set(matches.map(({ identityName }) => identityName))].slice(0, 3).join(' or ');
    const because = `${what}; it may be of ${names}: it names each.`;
    return {
      ...NOBODY,
      verdict: 'shadow-credential',
      confidence: AMBIGUOUS,
      identityId: first.identityId,
      because,
      evidence,
    };
  }
  const why =
    by === 'listed'
      ? `its system lists it under ${first.identifier}, which is ${first.identityName}'s`
      : `it opens ${first.identifier}, which is ${first.identityName}'s`;
  const confidence = thing.band === 'low' ? CONFIDENCE_LOW[by] : CONFIDENCE[by];
  return {
    ...NOBODY,
    verdict: 'shadow-credential',
    confidence,
    identityId: first.identityId,
    because: `${what}, but ${why}.`,
    evidence,
  };
}

function shadowIdentity(thing: Thing, named: string, by: 'listed' | 'account'): Resolution {
  const because =
    thing.kind === 'account'
      ? `The account ${thing.words[0]!} exists, and nobody registered an identity for it.`
      : `It is ${by === 'listed' ? 'listed under' : 'a credential of'} ${named}, for which nobody registered an identity.`;
  const evidence = [{ by, identifier: named, identityId: null }];
  return { ...NOBODY, verdict: 'shadow-identity', confidence: CONFIDENCE[by], named, because, evidence };
}

function unattributed(thing: Thing): Resolution {
  const opens = thing.words[0];
  const because = `It is a ${thing.name}, it says nothing of whose it is${opens ? ` (${opens})` : ''}, and nobody registered it.`;
  const evidence = [
    { by: 'content' as const, identifier: thing.marks.find((mark) => !isSecretMark(mark)) ?? null, identityId: null },
  ];
  return { ...NOBODY, verdict: 'unattributed', confidence: CONFIDENCE.content, because, evidence };
}

function resolveAccount(thing: Thing, knowledge: Knowledge): Resolution {
  const own = matchesBy(thing.accounts, knowledge.registry);
  const held = own.length > 0 ? [] : matchesBy(thing.holds, knowledge.registry);
  const match = own[0] ?? held[0];
  if (match !== undefined) {
    const by = own.length > 0 ? 'account' : kindOf(match.identifier);
    const retired = match.identityStatus === 'retired';
    return {
      ...NOBODY,
      verdict: retired ? 'misplaced' : 'registered',
      confidence: CONFIDENCE[by],
      identityId: match.identityId,
      because: retired
        ? `The account ${thing.words[0]!} is ${match.identityName}'s, which is retired: it should be gone.`
        : `The account ${thing.words[0]!} is registered as ${match.identityName}'s${own.length > 0 ? '' : by === 'account' ? ', as whom it signs in' : ', whose credential it holds'}.`,
      evidence: [...own, ...held].map(evidenceOf),
    };
  }
  if (thing.human)
    return {
      ...NOBODY,
      verdict: 'human',
      confidence: 0.9,
      because: `The account ${thing.words[0]!} is a person's own account.`,
    };
  return shadowIdentity(thing, thing.accounts[0]!, 'listed');
}

interface Match {
  readonly matches: readonly Registered[];
  readonly by: 'listed' | 'account';
}

function whose(names: readonly string[], by: Match['by'], { registry }: Knowledge): Match | undefined {
  const matches = matchesBy(names, registry);
  return matches.length === 0 ? undefined : { matches, by };
}

/** In the order of the names: what says most comes first. */
function matchesBy(names: readonly string[], registry: Answers): readonly Registered[] {
  return names.flatMap((name) => registry.get(name) ?? []);
}

/** Names of the accounts whose own systems say that they hold it. */
function listedBy(thing: Thing, holders: Knowledge['holders']): readonly string[] {
  return [...new Set(thing.marks.flatMap((mark) => (holders.get(mark) ?? []).flat()))];
}

/** Names of the accounts that it says it opens: what their systems call them, too, for a server is written in many ways. */
function openedBy({ accounts }: Thing, holders: Knowledge['holders']): readonly string[] {
  return [...new Set([...accounts, ...accounts.flatMap((name) => (holders.get(name) ?? []).flat())])];
}

/** What is no credential of anybody, whoever's account stands beside it. */
function fakeReason({ moot, because, band }: Thing): string | null {
  if (moot !== null && !moot.startsWith('expired')) return `It cannot be used: ${moot}.`;
  if (band !== 'low') return null;
  return because.find((reason) => FAKE.test(reason)) ?? null;
}

/** Reasons of `bands.ts` and `context.ts` by which what was found is no secret at all. */
const FAKE = /check digits|refers to a secret|in place of a secret|repeats itself|counts through|opens an example/;

function evidenceOf({ identifier, identityId }: Registered): Evidence {
  const by = kindOf(identifier);
  return { by, identifier: isSecretMark(identifier) ? null : identifier, identityId };
}

function isSecretMark(identifier: string): boolean {
  return schemeOf(identifier) === 'fingerprint';
}

const HOW = {
  fingerprint: 'the secret',
  'public-key': 'its key pair',
  'key-id': 'its number',
  account: 'its account',
} as const;

function kindOf(identifier: string): keyof typeof HOW {
  switch (schemeOf(identifier)) {
    case 'fingerprint':
      return 'fingerprint';
    case 'public-key':
    case 'ssh-key':
    case 'thumbprint':
      return 'public-key';
    case 'aws-key':
    case 'github-token':
    case 'key':
    case 'serial':
      return 'key-id';
    default:
      return 'account';
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What is registered, and what its system's whole list does not have. @param called as people are told of it */
export function ghostOf(missing: Registered & { readonly system: string; readonly called: string }): Resolution {
  const { identifier, system, called, identityId, identityName, credentialId } = missing;
  return {
    ...NOBODY,
    verdict: 'ghost',
    confidence: CONFIDENCE.listed,
    identityId,
    credentialId,
    because: `${called} is registered as ${identityName}'s, and ${system}, whose whole list was read, does not have it.`,
    evidence: [{ by: 'listed', identifier, identityId }],
  };
}
