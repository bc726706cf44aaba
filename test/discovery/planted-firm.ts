import { createHash } from 'node:crypto';
import type { Clue } from '../../src/discovery/domain/finding.js';
import type { AccountSeen, CredentialSeen, Place } from '../../src/discovery/domain/observation.js';

/**
 * Makes up a firm: whom it registered, what lies where, and what each thing truly is. It knows neither rules nor resolver: what
 * it says of a thing is how it was planted.
 */
export interface PlantedFirm {
  readonly identities: readonly PlantedIdentity[];
  readonly things: readonly PlantedThing[];
}

export interface PlantedIdentity {
  readonly id: string;
  readonly name: string;
  readonly retired: boolean;
  /** As an administrator would write it: an ARN, an address, `user@host`. */
  readonly account: Account;
  readonly keys: readonly { readonly id: string; readonly digest: string; readonly revoked: boolean }[];
  readonly publicKeys: readonly { readonly id: string; readonly spki: string }[];
}

export type Account =
  | { readonly kind: 'aws'; readonly arn: string }
  | { readonly kind: 'google'; readonly email: string }
  | {
      readonly kind: 'postgresql' | 'mysql' | 'redis';
      readonly host: string;
      readonly port: number;
      readonly user: string;
    }
  | { readonly kind: 'azure'; readonly clientId: string }
  | { readonly kind: 'kubernetes'; readonly issuer: string; readonly namespace: string; readonly name: string }
  | { readonly kind: 'spiffe'; readonly id: string };

export interface PlantedThing {
  readonly number: number;
  readonly verdict: string;
  readonly identityId: string | null;
  readonly credentialId: string | null;
  readonly seen: readonly Seen[];
}

/** In a place where secrets belong or not: `exposed`. An account's names are as its system writes them. */
export type Seen =
  | { readonly exposed: boolean; readonly credential: CredentialSeen }
  | { readonly exposed: boolean; readonly account: Omit<AccountSeen, 'identifiers'>; readonly names: Account };

/** xorshift32: the same firm for the same seed. */
class Chance {
  constructor(private state: number) {}

  below(bound: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % bound;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]!).join('');
  }
}

const HEX = '0123456789abcdef';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const TOKEN = `${LETTERS}ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789`;
const BASE32 = 'ABCDEFGHKLMNOPQRSTUVWXYZ234567';
const WORDS = ['ledger', 'payments', 'mailer', 'reports', 'search', 'import', 'billing', 'backup', 'deploy', 'audit'];
const WRAPPED = [[], ['base64'], ['kubernetes-secret'], ['url'], ['base64', 'gzip']];
const NO_FACTS = {
  createdAt: null,
  lastUsedAt: null,
  expiresAt: null,
  disabled: false,
  human: null,
  thirdParty: false,
  privileged: false,
  environment: null,
  more: {},
};

export function plantFirm(seed: number, size: number): PlantedFirm {
  const chance = new Chance(seed * 2_654_435_761 + 1);
  const identities: PlantedIdentity[] = [];
  const things: PlantedThing[] = [];
  const awsAccounts = ['029608264753', '171436882534', '444455556666'];
  let number = 0;
  const add = (thing: Omit<PlantedThing, 'number'>): void => {
    things.push({ number: (number += 1), ...thing });
  };
  const account = (of: number): Account => {
    const word = `${chance.pick(WORDS)}-${of}`;
    const server = (kind: 'postgresql' | 'mysql' | 'redis', port: number): Account => {
      return { kind, host: `${chance.pick(['db', 'DB', 'replica'])}.example`, port, user: word };
    };
    switch (of % 8) {
      case 0: {
        const partition = chance.pick(['aws', 'aws-cn', 'aws-us-gov']);
        return {
          kind: 'aws',
          arn: `arn:${partition}:iam::${chance.pick(awsAccounts)}:user${chance.pick(['/', '/ci/bots/'])}${word}`,
        };
      }
      case 1:
        return { kind: 'google', email: `${word}@${chance.pick(['prod', 'test'])}-project.iam.gserviceaccount.com` };
      case 2:
        return server('postgresql', 5432);
      case 3:
        return { kind: 'kubernetes', issuer: 'https://cluster.example', namespace: chance.pick(WORDS), name: word };
      case 4:
        return server('mysql', 3306);
      case 5:
        return server('redis', 6380);
      case 6: {
        const part = (length: number) => chance.text(HEX, length);
        return { kind: 'azure', clientId: [part(8), part(4), part(4), part(4), part(12)].join('-') };
      }
      default:
        return { kind: 'spiffe', id: `spiffe://firm.example/${word}` };
    }
  };
  const places = (count: number): Place[] =>
    Array.from({ length: count }, () => ({
      path: `${chance.pick(['services', 'deploy', 'old'])}/${chance.text(LETTERS, 8)}.${chance.pick(['yaml', 'env', 'ts'])}`,
      line: 1 + chance.below(900),
      within: chance.pick(WRAPPED),
      commit: null,
      commitCount: 0,
      unreachable: false,
    }));
  const scatter = (
    of: Account | null,
    options: {
      readonly exposed: boolean;
      readonly digest?: string;
      readonly keyId?: string;
      readonly doubt?: Doubt;
      readonly spki?: string;
    },
  ): Seen[] => {
    const digest = options.digest ?? digestOf(chance.text(TOKEN, 40));
    const keyId = options.keyId ?? `AKIA${chance.text(BASE32, 16)}`;
    const spki = options.spki ?? chance.text(HEX, 64);
    return places(1 + chance.below(5)).map((place) => ({
      exposed: options.exposed,
      credential: credential(of, {
        digest,
        keyId,
        spki,
        place,
        doubt: options.doubt ?? null,
        shout: chance.below(2) === 1,
      }),
    }));
  };
  for (let index = 0; index < size; index += 1) {
    const own = account(index);
    const digest = digestOf(chance.text(TOKEN, 40));
    const [spki, keyId] = [chance.text(HEX, 64), `AKIA${chance.text(BASE32, 16)}`];
    const registered = index % 7 !== 6;
    const retired = registered && index % 29 === 5;
    const revoked = index % 13 === 3;
    const id = `mid_${index}`;
    const isPair = own.kind === 'spiffe';
    if (registered)
      identities.push({
        id,
        name: `bot-${index}`,
        retired,
        account: own,
        keys: isPair ? [] : [{ id: `key_${index}`, digest, revoked }],
        publicKeys: isPair ? [{ id: `crt_${index}`, spki }] : [],
      });
    // Its own credential, where it belongs or not.
    const exposed = chance.below(2) === 1;
    const wrong = exposed || retired || (revoked && !isPair);
    add({
      verdict: registered ? (wrong ? 'misplaced' : 'registered') : 'shadow-identity',
      identityId: registered ? id : null,
      credentialId: registered ? (isPair ? `crt_${index}` : `key_${index}`) : null,
      seen: scatter(index % 3 === 0 && registered && !isPair ? null : own, { exposed, digest, keyId, spki }),
    });
    // Another one that nobody registered.
    if (index % 2 === 0)
      add({
        verdict: registered ? 'shadow-credential' : 'shadow-identity',
        identityId: registered ? id : null,
        credentialId: null,
        seen: scatter(own, { exposed: true }),
      });
    // Its account, as its system lists it, with another key that only its list attributes.
    if (own.kind !== 'spiffe') {
      const listedKey = `AKIA${chance.text(BASE32, 16)}`;
      add({
        verdict: registered ? (retired ? 'misplaced' : 'registered') : 'shadow-identity',
        identityId: registered ? id : null,
        credentialId: null,
        seen: [listed(own, own.kind === 'aws' ? [listedKey] : [], index)],
      });
      if (own.kind === 'aws')
        add({
          verdict: registered ? 'shadow-credential' : 'shadow-identity',
          identityId: registered ? id : null,
          credentialId: null,
          seen: scatter(null, { exposed: true, keyId: listedKey }),
        });
    }
    if (index % 5 === 0)
      add({
        verdict: 'unattributed',
        identityId: null,
        credentialId: null,
        seen: scatter(null, { exposed: true, keyId: '' }),
      });
    if (index % 6 === 0)
      add({
        verdict: 'placeholder',
        identityId: null,
        credentialId: null,
        seen: scatter(own, { exposed: true, doubt: chance.pick(['canary', 'placeholder', 'digits'] as const) }),
      });
  }
  return { identities, things };
}

type Doubt = 'canary' | 'placeholder' | 'digits';

const REASONS: Readonly<Record<Doubt, string>> = {
  canary: 'It cannot be used: a canary: whoever uses it is reported to its owner.',
  placeholder: 'It holds a word that people write in place of a secret.',
  digits: 'Its check digits are not those of a genuine one.',
};

function credential(
  of: Account | null,
  {
    digest,
    keyId,
    spki,
    place,
    doubt,
    shout,
  }: {
    readonly digest: string;
    readonly keyId: string;
    readonly spki: string;
    readonly place: Place;
    readonly doubt: Doubt | null;
    readonly shout: boolean;
  },
): CredentialSeen {
  const isPair = of?.kind === 'spiffe';
  const clues = [...(of ? [clueOf(of, keyId, spki, shout)] : keyId ? [keyClue(keyId)] : [])];
  return {
    kind: 'credential',
    rule: isPair ? 'private-key' : 'token',
    vendor: 'Vendor',
    name: isPair ? 'private key' : 'access key',
    secretKind: isPair ? 'private-key' : 'token',
    basis: 'documented',
    band: doubt ? 'low' : 'high',
    because: [doubt ? REASONS[doubt] : 'Its form is the one that its vendor documents.'],
    digest: isPair ? Buffer.from(spki, 'hex').toString('base64url') : digest,
    guessable: false,
    lastFour: null,
    publicKey: isPair ? spki : null,
    keyIds: [],
    serials: [],
    clues:
      doubt === 'canary'
        ? clues.map((clue) => ({ ...clue, moot: 'a canary: whoever uses it is reported to its owner' }))
        : clues,
    holders: [],
    place,
    suppressed: null,
  };
}

function keyClue(keyId: string): Clue {
  return { from: 'aws-key-id', words: `AWS access key ${keyId}`, facts: { keyId, resource: 'access key' } };
}

/** What readers say of a credential of that account, in the case that somebody happened to write. */
function clueOf(of: Account, keyId: string, spki: string, shout: boolean): Clue {
  const host = (name: string): string => (shout ? `${name.toUpperCase()}.` : name);
  switch (of.kind) {
    case 'aws': {
      const [, account, name] = /::(\d+):user\/(?:.*\/)?(.*)$/.exec(of.arn)!;
      return {
        from: 'aws-arn',
        words: of.arn,
        facts: { account: account!, arn: `arn:aws:iam::${account}:user/${shout ? name!.toUpperCase() : name}` },
      };
    }
    case 'google':
      return {
        from: 'google-service-account',
        words: of.email,
        facts: { clientEmail: shout ? of.email.toUpperCase() : of.email },
      };
    case 'azure':
      return {
        from: 'azure-application',
        words: of.clientId,
        facts: { clientId: shout ? of.clientId.toUpperCase() : of.clientId },
      };
    case 'postgresql':
    case 'mysql':
    case 'redis':
      return {
        from: 'database',
        words: of.host,
        facts: {
          system: shout && of.kind === 'mysql' ? 'MariaDB' : of.kind,
          host: host(of.host),
          port: String(of.port),
          user: of.user,
        },
      };
    case 'kubernetes':
      return {
        from: 'kubernetes-service-account',
        words: of.name,
        facts: { namespace: of.namespace, serviceAccount: of.name, issuer: shout ? `${of.issuer}/` : of.issuer },
      };
    case 'spiffe':
      return {
        from: 'certificate',
        words: of.id,
        facts: { spiffeId: of.id, spkiSha256: shout ? spki.toUpperCase() : spki },
      };
  }
}

function listed(of: Account, keys: readonly string[], index: number): Seen {
  return {
    exposed: false,
    names: of,
    account: {
      kind: 'account',
      system: of.kind,
      accountKind: 'user',
      name: `account ${index}`,
      grants: [],
      facts: NO_FACTS,
      credentials: keys.map((keyId) => ({
        keyId,
        publicKey: null,
        suffix: null,
        createdAt: null,
        lastUsedAt: null,
        expiresAt: null,
        active: true,
      })),
      place: { path: `users/${index}`, line: null, within: [], commit: null, commitCount: 0, unreachable: false },
    },
  };
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
