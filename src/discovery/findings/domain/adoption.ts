import type { Id } from '../../../kernel/index.js';
import { isCredential, schemeOf } from '../../domain/identifiers.js';
import type { Verdict } from '../../domain/resolution/verdict.js';
import { DiscoveryError } from './errors.js';
import type { QueuedFinding } from './finding.js';

/** Who may answer for it, and why they of all people. */
export interface SuggestedCustodian {
  readonly personId: Id<'person'>;
  readonly because: string;
}

/** What a registration would say, as far as what was found says it: a person reads and completes it. */
export interface RegistrationDraft {
  readonly name: string;
  readonly kind: 'service-account' | 'bot' | 'ci-pipeline' | 'workload' | 'third-party-integration' | 'api-key';
  readonly environment: string | null;
  readonly purpose: string;
  readonly privileged: boolean;
  /** What it is called elsewhere: registered with it, so that it is known again. */
  readonly aliases: readonly string[];
  /** Whether the credential itself is registered, by the fingerprint that the finding has. */
  readonly registersKey: boolean;
  /** The system of that key, as the ledger will name it. */
  readonly system: string;
  readonly custodians: readonly SuggestedCustodian[];
}

/** What of the account is known where its own system lists it. */
export interface KnownAccount {
  readonly environment: string | null;
  readonly privileged: boolean;
  readonly thirdParty: boolean;
}

const NOTHING: KnownAccount = { environment: null, privileged: false, thirdParty: false };

/** Pure: what a finding says of the identity to be registered for it. */
export function draftFor(
  { thing, resolution }: QueuedFinding,
  account: KnownAccount = NOTHING,
  custodians: readonly SuggestedCustodian[] = [],
): RegistrationDraft {
  const called = resolution.named ?? thing.accounts[0] ?? null;
  return {
    name: nameFrom(called ?? thing.name),
    kind: account.thirdParty ? 'third-party-integration' : kindFrom(called),
    environment: account.environment,
    purpose: `Found by discovery: ${thing.words[0] ?? thing.name}.`,
    privileged: account.privileged,
    aliases: aliasesOf(thing, called),
    registersKey: canRegister(thing),
    system: thing.vendor,
    custodians,
  };
}

/** What is somebody's already, is nobody's to answer for, or is not there, and what to do about it instead. */
const NOT_TO_ADOPT: Readonly<Partial<Record<Verdict, string>>> = {
  ghost: 'It is registered, and its system does not have it: take its name away, or retire the identity.',
  registered: 'It is registered already, and where it belongs: nothing is to be done.',
  misplaced: 'It is registered already, and is not where or what it should be: retire it.',
  placeholder: 'It opens nothing: nothing is to be done.',
  human: 'It is a person’s own account: no machine identity has it.',
};

/** Pure. @throws DiscoveryError `nothing_to_adopt` */
export function requireAdoptable({ resolution }: Pick<QueuedFinding, 'resolution'>): void {
  const instead = NOT_TO_ADOPT[resolution.verdict];
  if (instead !== undefined) throw new DiscoveryError('nothing_to_adopt', instead);
}

/** The names that are this one's own: what several have, or what is only its address, is none. */
export function aliasesOf(thing: QueuedFinding['thing'], called: string | null): readonly string[] {
  if (thing.kind === 'account') return [...thing.accounts];
  const named = thing.marks.filter((mark) => isCredential(mark));
  return called === null ? named : [called, ...named];
}

/** A password is found by the account that it opens: a digest of it could be guessed back. */
export function canRegister(thing: QueuedFinding['thing']): boolean {
  return thing.key.startsWith('fingerprint:') && thing.secret;
}

/** As the inventory allows names: small letters, digits, dots, dashes and underscores. */
function nameFrom(called: string): string {
  const last = called.split(/[:/ ]/).at(-1)!.split('@')[0]!;
  const name = last
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return name.slice(0, 60).replace(/[^a-z0-9]+$/, '') || 'found';
}

function kindFrom(called: string | null): RegistrationDraft['kind'] {
  if (called === null) return 'api-key';
  switch (schemeOf(called)) {
    case 'kubernetes':
    case 'kubernetes-uid':
    case 'spiffe':
    case 'x509':
      return 'workload';
    case 'github':
    case 'gitlab':
      return 'bot';
    case 'aws-key':
    case 'github-token':
    case 'key':
      return 'api-key';
    default:
      return 'service-account';
  }
}
