import type { AccountFacts, AccountSeen, CredentialSeen } from '../../src/discovery/domain/observation.js';
import { placeAt } from '../../src/discovery/domain/observation.js';
import { digestOf } from './room.js';

/** A token as a source sees it in a file; a test changes one thing of it. */
export function tokenSeen(secret: string | null, changed: Partial<CredentialSeen> = {}): CredentialSeen {
  return {
    kind: 'credential',
    rule: 'vendor-token',
    vendor: 'Vendor',
    name: 'token',
    secretKind: 'token',
    basis: 'documented',
    band: 'high',
    because: ['Its form is the one that its vendor documents.'],
    digest: secret === null ? null : digestOf(secret).toString('base64url'),
    guessable: false,
    lastFour: secret?.slice(-4) ?? null,
    publicKey: null,
    keyIds: [],
    serials: [],
    clues: [],
    holders: [],
    place: { ...placeAt('deploy/values.yaml'), line: 3 },
    suppressed: null,
    ...changed,
  };
}

const FACTS: AccountFacts = {
  ...{ createdAt: null, lastUsedAt: null, expiresAt: null, disabled: false, human: null },
  ...{ thirdParty: false, privileged: false, environment: null, more: {} },
};

/** An account as its system lists it. */
export function accountSeen(identifier: string, changed: Partial<AccountSeen> = {}): AccountSeen {
  return {
    kind: 'account',
    system: 'aws 029608264753',
    accountKind: 'user',
    name: identifier.split('/').at(-1)!,
    identifiers: [identifier],
    grants: [],
    facts: FACTS,
    credentials: [],
    place: placeAt(`users/${identifier}`),
    ...changed,
  };
}

export function held(keyId: string) {
  const unknown = { publicKey: null, suffix: null, createdAt: null, lastUsedAt: null, expiresAt: null };
  return { keyId, ...unknown, active: true };
}
