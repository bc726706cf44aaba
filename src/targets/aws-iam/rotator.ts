import type { ApiCalls } from '../api-calls.js';
import { TargetError } from '../domain/errors.js';
import { checkSecret } from '../domain/proposed-secret.js';
import { mustDiffer, refused } from '../domain/refusals.js';
import type { Credential, CredentialName, Proof, Rotator, Survey, Usage } from '../domain/rotating.js';
import type { IamAccess } from './access.js';
import { type AccessKey, Iam } from './iam.js';

/** IAM lets a user have so many. */
const MOST_KEYS = 2;
/** “The activity usually appears within four hours” (IAM User Guide, last accessed information). */
const LAG_SECONDS = 4 * 3600;
const GAPS = ['IAM tells the last use of a key only, by service and up to four hours later, not by whom.'] as const;

/** Access keys of one IAM user: AWS makes the secret, and shows it once. */
export class AwsIamRotator implements Rotator {
  readonly pairing = 'keys';

  constructor(
    private readonly access: IamAccess,
    private readonly calls: ApiCalls,
    private readonly now: () => Date,
    private readonly checkAccount: (account: string) => void,
  ) {}

  async coverage(account: string): Promise<Pick<Usage, 'coverage' | 'gaps'>> {
    await this.survey(account);
    return { coverage: 'late', gaps: GAPS };
  }

  longestLifeSeconds(): Promise<null> {
    return Promise.resolve(null);
  }

  async survey(account: string): Promise<Survey> {
    const keys = await this.iamFor(account).findKeys(account);
    return { exists: keys !== undefined, keyIds: (keys ?? []).map(({ id }) => id) };
  }

  /**
   * A key that is neither the one beside nor was there before is one that somebody made here and died before it heard of it: its
   * secret is lost, so it goes.
   *
   * @throws TargetError `account_unknown`, `account_full` where others hold the place of the new one
   */
  async create(
    account: string,
    proposed: string,
    before: Survey,
    beside: CredentialName | null,
  ): Promise<{ keyId: string; secret: string; expiresAt: null }> {
    checkSecret(proposed);
    const iam = this.iamFor(account);
    const keys = await iam.findKeys(account);
    if (!keys) throw refused('accountUnknown');
    this.refuseOwn(keys);
    const known = Array.isArray(before.keyIds) ? (before.keyIds as readonly string[]) : keys.map(({ id }) => id);
    const lost = keys.filter(({ id }) => !known.includes(id) && id !== beside?.keyId);
    for (const { id } of lost) await iam.deleteKey(account, id);
    if (keys.length - lost.length >= MOST_KEYS)
      throw new TargetError(
        'account_full',
        'The user has two keys already: delete the one that nobody uses, then try again.',
      );
    const { id, secret } = await iam.createKey(account);
    return { keyId: id, secret, expiresAt: null };
  }

  async prove({ account, keyId, secret }: Credential): Promise<Proof> {
    this.checkAccount(account);
    if (keyId === null) return { works: false, code: 'refused' };
    const as = (access: typeof this.access.sts) => ({ ...access, user: keyId, password: secret });
    const iam = new Iam(this.calls, { ...this.access, ...as(this.access), sts: as(this.access.sts) }, this.now);
    return (await iam.opens()) ? { works: true } : { works: false, code: 'refused' };
  }

  async watch(account: string): Promise<void> {
    await this.survey(account);
  }

  async usage({ account, keyId }: CredentialName, since: Date): Promise<Usage> {
    const observedAt = this.now();
    const last = keyId === null ? null : await this.iamFor(account).lastUse(keyId);
    const seen = { session: null, firstSeenAt: last?.at ?? since, lastSeenAt: last?.at ?? since, open: false };
    const callers = last && last.at >= since ? [{ address: 'AWS', application: last.service || null, ...seen }] : [];
    return { coverage: 'late', gaps: GAPS, completeSince: since, lagSeconds: LAG_SECONDS, callers, observedAt };
  }

  /** Inactive first, so that it is refused even where it may not be deleted. */
  async revoke(name: Credential, beside: CredentialName | null): Promise<void> {
    mustDiffer(name, beside, 'keys');
    const { account } = name;
    const iam = this.iamFor(account);
    const keys = (await iam.findKeys(account)) ?? [];
    this.refuseOwn(keys);
    // What Muster did not make has no name here: then everything goes but the one that stays.
    const meant = keys.filter(({ id }) => (name.keyId === null ? id !== beside?.keyId : id === name.keyId));
    if (name.keyId === null && meant.length === keys.length && keys.length > 0)
      throw new TargetError('account_in_use', 'The user has no key that would go on: rotate it anew.');
    for (const { id } of meant) {
      await iam.deactivateKey(account, id);
      await iam.deleteKey(account, id);
    }
  }

  /** Whoever would rotate the key that Muster works by would shut Muster out. */
  private refuseOwn(keys: readonly AccessKey[]): void {
    if (keys.some(({ id }) => id === this.access.user)) throw refused('accountReserved');
  }

  private iamFor(account: string): Iam {
    this.checkAccount(account);
    return new Iam(this.calls, this.access, this.now);
  }
}
