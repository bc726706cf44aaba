import { createHash, randomBytes } from 'node:crypto';
import type { Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import type { NetworkAccess } from '../domain/network-access.js';
import { checkSecret } from '../domain/proposed-secret.js';
import { mustDiffer, refused } from '../domain/refusals.js';
import type { Credential, CredentialName, Proof, Rotator, Survey, Usage } from '../domain/rotating.js';
import { type Account, parseAccount, quoted } from './account.js';
import { type Connecting, type Query, withConnection } from './connection.js';
import { proves } from './mariadb-rotator.js';
import { endSessions, sessionsOf } from './sessions.js';

/** What means the same in every mode of the server. */
const PLAIN = /^[A-Za-z0-9_-]+$/;
const KEY_DIGITS = 16;
const GAPS = ['MySQL shows sessions that are open at the moment, and not by which password they signed in.'] as const;

/** An account as `mysql.user` has it. */
export interface Kept {
  readonly plugin: string;
  /** What the server keeps of the password. */
  readonly current: string;
  /** Of the one before, where it still works beside it. */
  readonly former: string | null;
  readonly locked: boolean;
}

/**
 * The two passwords of one account of MySQL (§8.2.15, since 8.0.14). The new one becomes the current one; the old one works beside
 * it until it is discarded. A password is said to the server, which writes it into no log (§8.1.2.3); that needs MySQL's own keeping
 * of passwords, which is another for every version.
 */
export class MysqlRotator implements Rotator {
  readonly pairing = 'keys';

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
      const kept = await findKept(query, of);
      const sessions = await sessionsOf(query, of, this.now());
      const passwords = kept ? (kept.former === null ? 1 : 2) : 0;
      return {
        exists: kept !== undefined,
        canLogin: kept !== undefined && !kept.locked,
        passwords,
        openSessions: sessions.length,
      };
    });
  }

  /**
   * What was made before a crash is known by that it opens: to make it once more would put it in the place of the old one.
   *
   * @throws TargetError `account_unknown`, `account_full` where an older password works still
   */
  async create(
    account: string,
    proposed: string,
    _before: Survey,
    beside: CredentialName | null,
  ): Promise<{ keyId: string; secret: string; expiresAt: null }> {
    checkSecret(proposed);
    if (!PLAIN.test(proposed))
      throw new TargetError('secret_invalid', 'A secret for MySQL is of letters, digits, - and _: propose another.');
    const made = (await this.prove({ account, keyId: null, secret: proposed })).works;
    return this.within(account, async (query, of) => {
      const kept = await findKept(query, of);
      if (!kept) throw refused('accountUnknown');
      if (!made || beside?.keyId === keyIdOf(kept.current)) {
        if (kept.former !== null)
          throw new TargetError(
            'account_full',
            'The account has two passwords already: once nobody uses the older, ALTER USER … DISCARD OLD PASSWORD.',
          );
        await query(`ALTER USER ${quoted(of)} IDENTIFIED BY '${proposed}' RETAIN CURRENT PASSWORD`);
      }
      const now = await findKept(query, of);
      if (!now) throw refused('accountUnknown');
      return { keyId: keyIdOf(now.current), secret: proposed, expiresAt: null };
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

  /** Nobody counts as seen on the new one, and everybody as on the old: the server does not tell them apart. */
  usage({ account, keyId }: CredentialName): Promise<Usage> {
    return this.within(account, async (query, of) => {
      const observedAt = this.now();
      const kept = await findKept(query, of);
      const newest = kept !== undefined && kept.former !== null && keyId === keyIdOf(kept.current);
      const callers = newest ? [] : await sessionsOf(query, of, observedAt);
      return { coverage: 'sampled', gaps: GAPS, completeSince: null, lagSeconds: 0, callers, observedAt };
    });
  }

  /** What Muster did not make has no name: it is the one beside the one that stays. */
  async revoke(name: Credential, beside: CredentialName | null): Promise<void> {
    mustDiffer(name, beside, 'keys');
    return this.within(name.account, async (query, of) => {
      const kept = await findKept(query, of);
      if (!kept) return;
      const isCurrent = name.keyId === keyIdOf(kept.current);
      const isFormer = kept.former !== null && name.keyId === keyIdOf(kept.former);
      if (isCurrent) await putBack(query, of, kept);
      else if (isFormer || (name.keyId === null && beside?.keyId === keyIdOf(kept.current))) await discard(query, of);
      else if (name.keyId === null)
        throw new TargetError('account_in_use', 'The account has no password that would go on: rotate it anew.');
      await endSessions(query, of);
    });
  }

  private async within<Result>(account: string, work: (query: Query, of: Account) => Promise<Result>): Promise<Result> {
    this.checkAccount(account);
    return this.connecting(this.access, this.way, (query) => work(query, parseAccount(account)));
  }
}

/** The former one is the only one again; where there is none, one that nobody knows. */
async function putBack(query: Query, of: Account, { plugin, former }: Kept): Promise<void> {
  if (former === null) {
    await query(`ALTER USER ${quoted(of)} IDENTIFIED BY '${randomBytes(32).toString('base64url')}'`);
    return;
  }
  if (!/^[a-z0-9_]{1,64}$/.test(plugin)) throw refused('notSupported');
  const kept = Buffer.from(former).toString('hex');
  await query(`ALTER USER ${quoted(of)} IDENTIFIED WITH ${plugin} AS 0x${kept}`);
  await discard(query, of);
}

async function discard(query: Query, of: Account): Promise<void> {
  await query(`ALTER USER ${quoted(of)} DISCARD OLD PASSWORD`);
}

/** @returns undefined where there is none of exactly that name and place */
export async function findKept(query: Query, { user, host }: Account): Promise<Kept | undefined> {
  const rows = await query<Omit<Kept, 'locked'> & { readonly account_locked: string }>(
    `SELECT plugin, CAST(authentication_string AS CHAR) AS current, account_locked,
       JSON_UNQUOTE(JSON_EXTRACT(User_attributes, '$.additional_password')) AS former
     FROM mysql.user WHERE BINARY User = ? AND Host = ?`,
    [user, host],
  );
  const row = rows[0];
  return row && { plugin: row.plugin, current: row.current, former: row.former, locked: row.account_locked === 'Y' };
}

/** Tells one password from another, of the digest that the server keeps. */
export function keyIdOf(kept: string): string {
  return createHash('sha256').update(kept).digest('hex').slice(0, KEY_DIGITS);
}
