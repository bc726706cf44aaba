import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import type { Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import { checkSecret } from '../domain/proposed-secret.js';
import type { Credential, CredentialName, Proof, Rotator, Survey, Usage } from '../domain/rotating.js';
import type { PostgresqlAccess } from './access.js';
import { opens, withConnection } from './connection.js';
import { quoted } from './identifier.js';
import { findRole, type Role } from './looking.js';
import { scramVerifier } from './scram.js';
import { refuseOwn, shut } from './taking-away.js';
import { openSessions } from './usage.js';

const SALT_BYTES = 16;

/**
 * Pairs of roles with the same rights, of which one is in use (§21.3). The idle one gets a password and may sign in; the other
 * goes on as it is until it is withdrawn.
 */
export class PostgresqlRotator implements Rotator {
  readonly pairing = 'accounts';

  constructor(
    private readonly access: PostgresqlAccess,
    private readonly way: Way,
    private readonly now: () => Date,
    private readonly checkAccount: (account: string) => void,
  ) {}

  async coverage(account: string): Promise<Pick<Usage, 'coverage' | 'gaps'>> {
    const { coverage, gaps } = await this.usage({ account, keyId: null }, this.now());
    return { coverage, gaps };
  }

  /** Until the role's own end (`VALID UNTIL`), where it has one. */
  longestLifeSeconds(account: string): Promise<number | null> {
    return this.within(account, async (client) => {
      const { rows } = await client.query<{ seconds: number | null }>(
        `SELECT CASE WHEN isfinite(rolvaliduntil) THEN greatest(0, extract(epoch FROM rolvaliduntil - now()))::float8 END AS seconds
         FROM pg_roles WHERE rolname = $1::text`,
        [account],
      );
      return rows[0]?.seconds ?? null;
    });
  }

  survey(account: string): Promise<Survey> {
    return this.within(account, async (client) => {
      const role = await findRole(client, account);
      const sessions = role ? await openSessions(client, role, this.now()) : [];
      return { exists: role !== undefined, canLogin: role?.canLogin ?? false, openSessions: sessions.length };
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
    if (beside?.account === account)
      throw new TargetError('account_in_use', 'The account is in use itself: rotate it with a second one as its pair.');
    if (before.canLogin === true && Number(before.openSessions) > 0)
      throw new TargetError(
        'account_in_use',
        'Somebody is signed in as the account that should be idle: have them use the other one, then try again.',
      );
    return this.within(account, async (client) => {
      const role = await this.roleOf(client, account);
      const verifier = scramVerifier(proposed, randomBytes(SALT_BYTES));
      await client.query(`ALTER ROLE ${quoted(role.name)} LOGIN PASSWORD '${verifier}'`);
      return { keyId: null, secret: proposed, expiresAt: null };
    });
  }

  async prove({ account, secret }: Credential): Promise<Proof> {
    this.checkAccount(account);
    const works = await opens({ ...this.access, user: account, password: secret }, this.way);
    return works ? { works } : { works, code: 'refused' };
  }

  async watch(account: string): Promise<void> {
    await this.within(account, () => Promise.resolve());
  }

  usage({ account }: CredentialName, _since: Date): Promise<Usage> {
    return this.within(account, async (client) => {
      const role = await findRole(client, account);
      const observedAt = this.now();
      const callers = role ? await openSessions(client, role, observedAt) : [];
      const gaps = ['Only sessions that are open at the moment are seen.'];
      return { coverage: 'sampled', gaps, completeSince: null, lagSeconds: 0, callers, observedAt };
    });
  }

  async revoke({ account }: CredentialName, beside: CredentialName | null): Promise<void> {
    if (beside?.account === account)
      throw new TargetError('account_in_use', 'That would shut the account that is to go on: name the other one.');
    return this.within(account, async (client) => {
      const role = await findRole(client, account);
      if (role) await shut(client, role);
    });
  }

  private async roleOf(client: Client, account: string): Promise<Role> {
    const role = await findRole(client, account);
    if (!role)
      throw new TargetError('account_unknown', 'The target has no account of that name: make it there, like its pair.');
    await refuseOwn(client, role);
    return role;
  }

  private within<Result>(account: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    this.checkAccount(account);
    return withConnection(this.access, this.way, work);
  }
}
