import type { Clue } from '../domain/finding.js';
import { decodeBase32 } from './base32.js';
import { clueOf, type Reader, type Sight } from './reader.js';

/** A unique identifier of IAM: what it names stands in the first four letters, the account in the next eight. */
const KEY_ID = /(?<![A-Za-z0-9])A[A-Z]{3}[A-Z0-9]{16,17}(?![A-Za-z0-9])/g;
const ARN = /\barn:(aws[a-z-]{0,16}):(?:iam|sts)::(\d{12}):([a-z-]{1,20})\/([\w+=,.@/-]{1,256})/g;
const KINDS: Readonly<Record<string, string>> = {
  ABIA: 'service bearer token',
  ACCA: 'context-specific credential',
  AGPA: 'user group',
  AIDA: 'user',
  AIPA: 'instance profile',
  AKIA: 'access key',
  ANPA: 'managed policy',
  ANVA: 'version of a managed policy',
  APKA: 'public key',
  AROA: 'role',
  ASCA: 'certificate',
  ASIA: 'temporary access key',
};
/** Accounts whose keys exist to be stolen, as the people who found them out published them: using one calls its owner. */
const CANARY_ACCOUNTS: ReadonlySet<string> = new Set(['171436882533', '595918472158', '992382622183']);
/** Keys made before accounts were written into them have I or J here. */
const WITHOUT_ACCOUNT = /^.{4}[IJ]/;

/**
 * The account of an AWS key, which stands in the key itself, and the kind of thing it names.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export const aws: Reader = {
  name: 'aws',
  read: (sight) => {
    const near = idsNear(sight);
    if (near.length === 0 && sight.rule.vendor !== 'AWS') return undefined;
    return [...near.map(awsKeyClue), ...arnClues(sight)];
  },
};

/** The account, in twelve digits, of an identifier that has one. */
export function accountOf(keyId: string): string | null {
  if (WITHOUT_ACCOUNT.test(keyId)) return null;
  const bytes = decodeBase32(keyId.slice(4))?.subarray(0, 6);
  if (bytes?.length !== 6) return null;
  return ((BigInt(bytes.readUIntBE(0, 6)) & 0x7fffffffff80n) >> 7n).toString().padStart(12, '0');
}

/** Those in the finding itself, else the nearest for a secret key, which says nothing by itself. */
function idsNear({ rule, text, secret, around }: Sight): readonly string[] {
  const own = idsIn(`${secret}\n${text}`);
  if (own.length > 0 || rule.vendor !== 'AWS') return own;
  return idsIn(around).slice(0, 1);
}

function idsIn(text: string): readonly string[] {
  const found = [...text.matchAll(KEY_ID)].map(([id]) => id).filter((id) => KINDS[id.slice(0, 4)] !== undefined);
  return [...new Set(found)].slice(0, 4);
}

/** The account of a key id, and what kind of thing it names. */
export function awsKeyClue(keyId: string): Clue {
  const kind = KINDS[keyId.slice(0, 4)] ?? 'key';
  const account = accountOf(keyId);
  const words = account ? `AWS account ${account}, ${kind} ${keyId}` : `AWS ${kind} ${keyId}`;
  return clueOf('aws-key-id', words, { account, keyId, resource: kind }, mootOf(keyId, account));
}

function mootOf(keyId: string, account: string | null): string | null {
  if (keyId.endsWith('EXAMPLE')) return 'a sample of the vendor’s own pages';
  if (account !== null && CANARY_ACCOUNTS.has(account)) return 'a canary: whoever uses it is reported to its owner';
  return null;
}

/** Partitions (`aws-cn`, `aws-us-gov`) are left out of the name to compare: an account's number is unique over all of them. */
function arnClues({ rule, around }: Sight): readonly Clue[] {
  if (rule.vendor !== 'AWS') return [];
  const found = [...around.matchAll(ARN)].slice(0, 2);
  return found.map(([, partition, account, kind, name]) =>
    clueOf('aws-arn', `AWS ${kind} ${name} of account ${account}`, {
      account,
      arn: `arn:aws:iam::${account}:${kind}/${name}`,
      partition,
      [kind === 'assumed-role' ? 'role' : kind!]: kind === 'assumed-role' ? name!.split('/')[0] : name,
    }),
  );
}
