import { createHash } from 'node:crypto';
import { checkSecret } from '../domain/proposed-secret.js';
import { mustDiffer, refused } from '../domain/refusals.js';
import type { Credential, CredentialName, Proof, Rotator, Survey, Usage } from '../domain/rotating.js';
import type { Cluster, ServiceAccount } from './cluster.js';

const GAPS = [
  'Kubernetes tells nobody who used a token: wait for the end of its life, or override once its users were seen elsewhere.',
] as const;

/**
 * Tokens of a ServiceAccount (TokenRequest). Each is bound to a Secret of its own that holds nothing: with it the token ends, and
 * no other does.
 */
export class KubernetesRotator implements Rotator {
  readonly pairing = 'issued';

  /** @param clusterWith the cluster, as whoever has that token */
  constructor(
    private readonly clusterWith: (token?: string) => Cluster,
    private readonly parse: (account: string) => ServiceAccount,
    private readonly lifetimeSeconds: number,
    private readonly now: () => Date,
  ) {}

  async coverage(account: string): Promise<Pick<Usage, 'coverage' | 'gaps'>> {
    await this.survey(account);
    return { coverage: 'none', gaps: GAPS };
  }

  /** Null where the account has tokens that never end, as they were made before there were others. */
  async longestLifeSeconds(account: string): Promise<number | null> {
    const endless = await this.clusterWith().listEndless(this.parse(account));
    return endless.length > 0 ? null : this.lifetimeSeconds;
  }

  async survey(account: string): Promise<Survey> {
    const [cluster, of] = [this.clusterWith(), this.parse(account)];
    const exists = await cluster.accountExists(of);
    return { exists, keyIds: exists ? await cluster.listAnchors(of) : [] };
  }

  /**
   * The name of the Secret comes from what was proposed, so that it is the same after a crash, and withdraws both tokens then.
   *
   * @throws TargetError `account_unknown`
   */
  async create(
    account: string,
    proposed: string,
  ): Promise<{ readonly keyId: string; readonly secret: string; readonly expiresAt: Date | null }> {
    checkSecret(proposed);
    const [cluster, of] = [this.clusterWith(), this.parse(account)];
    if (!(await cluster.accountExists(of))) throw refused('accountUnknown');
    const keyId = `muster-${createHash('sha256').update(proposed).digest('hex').slice(0, 32)}`;
    const uid = await cluster.makeAnchor(of, keyId);
    const { token, expiresAt } = await cluster.requestToken(of, { name: keyId, uid }, this.lifetimeSeconds);
    return { keyId, secret: token, expiresAt };
  }

  async prove({ account, secret }: Credential): Promise<Proof> {
    const works = await this.clusterWith(secret).knows(this.parse(account));
    return works ? { works } : { works, code: 'refused' };
  }

  async watch(account: string): Promise<void> {
    await this.survey(account);
  }

  async usage({ account }: CredentialName): Promise<Usage> {
    const observedAt = this.now();
    await this.survey(account);
    return { coverage: 'none', gaps: GAPS, completeSince: null, lagSeconds: 0, callers: [], observedAt };
  }

  /** What Muster did not make has no Secret of its own: then the tokens that never end go, and the others by their end. */
  async revoke(name: Credential, beside: CredentialName | null): Promise<void> {
    mustDiffer(name, beside, 'keys');
    const [cluster, of] = [this.clusterWith(), this.parse(name.account)];
    const meant = name.keyId === null ? await cluster.listEndless(of) : [name.keyId];
    for (const secret of meant) await cluster.removeAnchor(of, secret);
  }
}
