import { createHash, randomBytes } from 'node:crypto';
import type { ApiCalls } from '../api-calls.js';
import { TargetError } from '../domain/errors.js';
import type { NetworkAccess } from '../domain/network-access.js';
import { checkSecret } from '../domain/proposed-secret.js';
import { mustDiffer, refused } from '../domain/refusals.js';
import type { Credential, CredentialName, Proof, Rotator, Survey, Usage } from '../domain/rotating.js';
import { Management } from './management.js';

const SALT_BYTES = 4;
const GAPS = ['RabbitMQ shows connections that are open, some seconds after they were opened.'] as const;
/** A user that just came may still come into the list of connections: looked at again until none is there. */
const TURNS = 40;
const PAUSE_MILLISECONDS = 500;

/** Pairs of users of RabbitMQ with the same rights and tags, of which one is in use. */
export class RabbitmqRotator implements Rotator {
  readonly pairing = 'accounts';

  constructor(
    private readonly access: NetworkAccess,
    private readonly calls: ApiCalls,
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

  async survey(account: string): Promise<Survey> {
    const management = this.managing(account);
    const user = await management.findUser(account);
    const connections = user ? await management.connectionsOf(account, this.now()) : [];
    const canLogin = user !== undefined && user.password_hash !== '';
    return { exists: user !== undefined, canLogin, openSessions: connections.length };
  }

  /** @throws TargetError `account_unknown`, `account_in_use` where somebody was using what should have been idle */
  async create(
    account: string,
    proposed: string,
    before: Survey,
    beside: CredentialName | null,
  ): Promise<{ keyId: null; secret: string; expiresAt: null }> {
    checkSecret(proposed);
    mustDiffer({ account, keyId: null }, beside, 'accounts');
    const management = this.managing(account);
    if (before.canLogin === true && Number(before.openSessions) > 0)
      throw new TargetError(
        'account_in_use',
        'Somebody is signed in as the account that should be idle: have them use the other one, then try again.',
      );
    const user = await management.findUser(account);
    if (!user) throw refused('accountUnknown');
    await management.setHash(user, hashOf(proposed, randomBytes(SALT_BYTES)));
    return { keyId: null, secret: proposed, expiresAt: null };
  }

  async prove({ account, secret }: Credential): Promise<Proof> {
    this.checkAccount(account);
    const works = await new Management(this.calls, { ...this.access, user: account, password: secret }).opens();
    return works ? { works } : { works, code: 'refused' };
  }

  async watch(account: string): Promise<void> {
    await this.survey(account);
  }

  async usage({ account }: CredentialName): Promise<Usage> {
    const observedAt = this.now();
    const callers = await this.managing(account).connectionsOf(account, observedAt);
    return { coverage: 'sampled', gaps: GAPS, completeSince: null, lagSeconds: 0, callers, observedAt };
  }

  async revoke(name: Credential, beside: CredentialName | null): Promise<void> {
    mustDiffer(name, beside, 'accounts');
    await shut(this.managing(name.account), name.account, this.now());
  }

  private managing(account: string): Management {
    this.checkAccount(account);
    return new Management(this.calls, this.access);
  }
}

/** No password, no connection; rights and tags stay. @throws TargetError `target_busy` while a connection stays */
export async function shut(management: Management, account: string, at: Date): Promise<void> {
  const user = await management.findUser(account);
  if (!user) return;
  await management.setHash(user, '');
  for (let turn = 0; turn < TURNS; turn += 1) {
    await management.closeConnections(account);
    if ((await management.connectionsOf(account, at)).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  throw refused('busy');
}

/** What RabbitMQ keeps of a password (“Passwords”: salted SHA-256, the salt before it). */
export function hashOf(secret: string, salt: Buffer): string {
  const digest = createHash('sha256').update(salt).update(secret).digest();
  return Buffer.concat([salt, digest]).toString('base64');
}
