import type { Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import type { NetworkAccess } from '../domain/network-access.js';
import { checkSecret } from '../domain/proposed-secret.js';
import { mustDiffer, refused } from '../domain/refusals.js';
import type { Credential, CredentialName, Proof, Rotator, Survey, Usage } from '../domain/rotating.js';
import { type Say, withConnection } from './connection.js';
import { connectionsOf, findUser, hashOf, keep, keyIdOf, refuseReplicated, type User } from './user.js';

const GAPS = [
  'Redis shows connections that are open at the moment, and not by which password they signed in.',
] as const;

/**
 * Passwords of one user of Redis (ACL): as many as one likes work at once. Only the hash of one is ever said to the server.
 *
 * Redis does not say by which password a connection signed in. So whoever is there counts as using the old one, and nobody as
 * using the new; once the old one is withdrawn every connection ends, and those that have the new one come back.
 */
export class RedisRotator implements Rotator {
  readonly pairing = 'keys';

  constructor(
    private readonly access: NetworkAccess,
    private readonly way: Way,
    private readonly now: () => Date,
    private readonly checkAccount: (account: string) => void,
  ) {}

  async coverage(account: string): Promise<Pick<Usage, 'coverage' | 'gaps'>> {
    await this.survey(account);
    return { coverage: 'sampled', gaps: GAPS };
  }

  longestLifeSeconds(): Promise<null> {
    return Promise.resolve(null);
  }

  survey(account: string): Promise<Survey> {
    return this.within(account, async (say) => {
      const user = await findUser(say, account);
      const connections = await connectionsOf(say, account, this.now());
      return {
        ...{ exists: user !== undefined, enabled: user?.enabled ?? false, open: user?.open ?? false },
        ...{ passwords: user?.hashes.length ?? 0, openSessions: connections.length },
      };
    });
  }

  /** @throws TargetError `account_unknown`, `account_open`, `not_lasting` */
  async create(account: string, proposed: string): Promise<{ keyId: string; secret: string; expiresAt: null }> {
    checkSecret(proposed);
    return this.within(account, async (say) => {
      const user = await findUser(say, account);
      if (!user) throw refused('accountUnknown');
      // A password of its own would shut out everybody who has none.
      if (user.open)
        throw new TargetError(
          'account_open',
          'The user signs in by any password: give it one (resetpass), then rotate it.',
        );
      await refuseReplicated(say);
      const hash = hashOf(proposed);
      await say('ACL', 'SETUSER', account, `#${hash}`);
      await keep(say);
      return { keyId: keyIdOf(hash), secret: proposed, expiresAt: null };
    });
  }

  async prove({ account, secret }: Credential): Promise<Proof> {
    this.checkAccount(account);
    try {
      await withConnection({ ...this.access, user: account, password: secret }, this.way, () => Promise.resolve());
      return { works: true };
    } catch (error) {
      if (error instanceof TargetError && error.code === 'access_refused') return { works: false, code: 'refused' };
      throw error;
    }
  }

  async watch(account: string): Promise<void> {
    await this.survey(account);
  }

  usage({ account, keyId }: CredentialName): Promise<Usage> {
    return this.within(account, async (say) => {
      const observedAt = this.now();
      const hashes = (await findUser(say, account))?.hashes ?? [];
      const newest = keyId !== null && hashes.length > 1 && keyIdOf(hashes.at(-1)!) === keyId;
      const callers = newest ? [] : await connectionsOf(say, account, observedAt);
      return { coverage: 'sampled', gaps: GAPS, completeSince: null, lagSeconds: 0, callers, observedAt };
    });
  }

  /** What Muster did not make has no name: then everything goes but the one that stays. */
  async revoke(name: Credential, beside: CredentialName | null): Promise<void> {
    mustDiffer(name, beside, 'keys');
    return this.within(name.account, async (say) => {
      const user = await findUser(say, name.account);
      if (!user) return;
      const hashes = user.hashes.filter((hash) => isMeant(hash, name, beside, user));
      for (const hash of hashes) await say('ACL', 'SETUSER', name.account, `!${hash}`);
      await keep(say);
      await say('CLIENT', 'KILL', 'USER', name.account);
    });
  }

  private async within<Result>(account: string, work: (say: Say) => Promise<Result>): Promise<Result> {
    this.checkAccount(account);
    return withConnection(this.access, this.way, work);
  }
}

/** @throws TargetError `account_in_use` where nothing that was named would stay */
function isMeant(hash: string, { keyId }: CredentialName, beside: CredentialName | null, { hashes }: User): boolean {
  if (keyId !== null) return keyIdOf(hash) === keyId;
  if (beside === null || hashes.every((one) => keyIdOf(one) !== beside.keyId))
    throw new TargetError('account_in_use', 'The user has no password that would go on: rotate it anew.');
  return keyIdOf(hash) !== beside.keyId;
}
