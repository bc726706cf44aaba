import { createHash } from 'node:crypto';
import type { Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import type { NetworkAccess } from '../domain/network-access.js';
import { checkSecret } from '../domain/proposed-secret.js';
import { mustDiffer, refused } from '../domain/refusals.js';
import type { Credential, CredentialName, Proof, Rotator, Survey, Usage } from '../domain/rotating.js';
import { type Account, parseAccount, quoted } from './account.js';
import { type Connecting, type Query, withConnection } from './connection.js';
import { endSessions, sessionsOf } from './sessions.js';

const GAPS = ['Only sessions that are open at the moment are seen.'] as const;

/**
 * Pairs of accounts of MariaDB with the same rights, of which one is in use. What the server keeps of a password is made here,
 * so that no statement has it.
 */
export class MariadbRotator implements Rotator {
  readonly pairing = 'accounts';

  constructor(
    private readonly access: NetworkAccess,
    private readonly way: Way,
    private readonly now: () => Date,
    private readonly checkAccount: (account: string) => void,
    private readonly connecting: Connecting = withConnection,
  ) {}

  async coverage(account: string): Promise<Pick<Usage, 'coverage' | 'gaps'>> {
    await this.survey(account);
    return { coverage: 'sampled', gaps: GAPS };
  }

  longestLifeSeconds(): Promise<null> {
    return Promise.resolve(null);
  }

  survey(account: string): Promise<Survey> {
    return this.within(account, async (query, of) => {
      const found = await findAccount(query, of);
      const sessions = await sessionsOf(query, of, this.now());
      return { exists: found !== undefined, canLogin: found?.canLogin ?? false, openSessions: sessions.length };
    });
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
    // Sessions are told apart by the name alone, wherever they come from.
    if (beside !== null && parseAccount(beside.account).user === parseAccount(account).user)
      throw new TargetError(
        'account_in_use',
        'The two accounts have one name: give the pair two, so that they can be told apart.',
      );
    if (before.canLogin === true && Number(before.openSessions) > 0)
      throw new TargetError(
        'account_in_use',
        'Somebody is signed in as the account that should be idle: have them use the other one, then try again.',
      );
    return this.within(account, async (query, of) => {
      if (!(await findAccount(query, of))) throw refused('accountUnknown');
      const kept = `IDENTIFIED VIA mysql_native_password USING '${nativeHash(proposed)}'`;
      await query(`ALTER USER ${quoted(of)} ${kept} ACCOUNT UNLOCK`);
      return { keyId: null, secret: proposed, expiresAt: null };
    });
  }

  async prove({ account, secret }: Credential): Promise<Proof> {
    this.checkAccount(account);
    const access = { ...this.access, user: parseAccount(account).user, password: secret };
    return proves(access, this.way, this.connecting);
  }

  async watch(account: string): Promise<void> {
    await this.survey(account);
  }

  usage({ account }: CredentialName): Promise<Usage> {
    return this.within(account, async (query, of) => {
      const observedAt = this.now();
      const callers = await sessionsOf(query, of, observedAt);
      return { coverage: 'sampled', gaps: GAPS, completeSince: null, lagSeconds: 0, callers, observedAt };
    });
  }

  async revoke(name: Credential, beside: CredentialName | null): Promise<void> {
    mustDiffer(name, beside, 'accounts');
    return this.within(name.account, (query, of) => shut(query, of));
  }

  private async within<Result>(account: string, work: (query: Query, of: Account) => Promise<Result>): Promise<Result> {
    this.checkAccount(account);
    return this.connecting(this.access, this.way, (query) => work(query, parseAccount(account)));
  }
}

/** Signs in and out again; `refused` is the server's own word. */
export async function proves(access: NetworkAccess, way: Way, connecting = withConnection): Promise<Proof> {
  try {
    await connecting(access, way, () => Promise.resolve());
    return { works: true };
  } catch (error) {
    if (error instanceof TargetError && error.code === 'access_refused') return { works: false, code: 'refused' };
    throw error;
  }
}

/** No login, no password, no session; its rights stay. */
export async function shut(query: Query, account: Account): Promise<void> {
  if (!(await findAccount(query, account))) return;
  await query(`ALTER USER ${quoted(account)} IDENTIFIED VIA mysql_native_password USING 'invalid' ACCOUNT LOCK`);
  await endSessions(query, account);
}

/** @returns undefined where there is none of exactly that name and place */
export async function findAccount(query: Query, { user, host }: Account): Promise<{ canLogin: boolean } | undefined> {
  const rows = await query<{ locked: number | string | null }>(
    `SELECT JSON_VALUE(Priv, '$.account_locked') AS locked FROM mysql.global_priv
     WHERE BINARY User = ? AND Host = ? AND JSON_VALUE(Priv, '$.is_role') IS NULL`,
    [user, host],
  );
  return rows[0] && { canLogin: !['1', 'true'].includes(String(rows[0].locked)) };
}

/** What the server keeps of a password (`mysql_native_password`): SHA-1 twice. The secret is random and long; nothing guesses it. */
function nativeHash(secret: string): string {
  const sha1 = (data: Buffer | string) => createHash('sha1').update(data).digest();
  return `*${sha1(sha1(secret)).toString('hex').toUpperCase()}`;
}
