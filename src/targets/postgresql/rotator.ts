import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import type { Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import { mustDiffer, refused } from '../domain/refusals.js';
import { checkSecret } from '../domain/proposed-secret.js';
import type { Caller, Credential, CredentialName, Proof, Rotator, Survey, Usage } from '../domain/rotating.js';
import type { PostgresqlAccess } from './access.js';
import { changing } from './changing.js';
import { asTargetError, opens, unlessAway, withConnection } from './connection.js';
import type { Connections } from './connections.js';
import { quoted } from './identifier.js';
import { loggedIn } from './log.js';
import type { LogListings } from './log-listings.js';
import { findRole, type Role } from './looking.js';
import { type Into, type Look, lookAt } from './look.js';
import type { Looks } from './looks.js';
import { scramVerifier } from './scram.js';
import { refuseOwn, shut } from './taking-away.js';
import {
  byOurClock,
  openSessions,
  type RoleCaller,
  type Seen,
  together,
  type WatchedRole,
  watchedRole,
} from './usage.js';
import { install, mayWatch, SUPERUSER_GAP } from './watch.js';

const SALT_BYTES = 16;
const SAMPLED = { coverage: 'sampled', completeSince: null, lagSeconds: 0 } as const;

/** What is kept between rotations of the same servers. */
export interface Kept {
  readonly listings: LogListings;
  readonly connections: Connections;
  readonly looks: Looks;
}

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
    private readonly kept: Kept,
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
      const sessions = role ? (await openSessions(client, this.now())).filter((one) => one.role === role.oid) : [];
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
    mustDiffer({ account, keyId: null }, beside, 'accounts');
    if (before.canLogin === true && Number(before.openSessions) > 0)
      throw new TargetError(
        'account_in_use',
        'Somebody is signed in as the account that should be idle: have them use the other one, then try again.',
      );
    return this.within(account, async (client) => {
      const role = await this.roleOf(client, account);
      const verifier = scramVerifier(proposed, randomBytes(SALT_BYTES));
      await changing(() => client.query(`ALTER ROLE ${quoted(role.name)} LOGIN PASSWORD '${verifier}'`));
      return { keyId: null, secret: proposed, expiresAt: null };
    });
  }

  async prove({ account, secret }: Credential): Promise<Proof> {
    this.checkAccount(account);
    const works = await opens({ ...this.access, user: account, password: secret }, this.way);
    return works ? { works } : { works, code: 'refused' };
  }

  /**
   * Where Muster's role is a superuser it sees to it itself that logins are noted; elsewhere a superuser did, or nobody. What
   * there is counts from now on.
   */
  async watch(account: string): Promise<void> {
    this.checkAccount(account);
    const { unnoted } = await this.look(this.now());
    if (unnoted.length > 0 && (await this.within(account, mayWatch))) {
      for (const database of unnoted)
        await this.in(database, (client) => install(client, this.access.user)).catch(unlessAway);
      this.kept.looks.forget(this.server);
    }
    await this.usage({ account, keyId: null }, this.now());
  }

  async usage({ account }: CredentialName, since: Date): Promise<Usage> {
    this.checkAccount(account);
    const look = await this.look(since);
    const { at: observedAt, ahead } = look;
    const seen = await this.within(account, async (client) => {
      const role = await watchedRole(client, account);
      if (!role) return undefined;
      const begun = new Date(since.getTime() + ahead);
      const logged = await loggedIn(client, role.name, this.access, begun, this.kept.listings).catch(unlessAway);
      return { role, logged: logged && byOurClock(logged, ahead, observedAt) };
    });
    if (!seen) return { ...SAMPLED, gaps: ['There is no such account.'], callers: [], observedAt };
    const { role, logged } = seen;
    const noted = notedOf(look, role, since);
    const open = look.open.flatMap((one) => (one.role === role.oid ? [callerOf(one)] : []));
    const callers = together(open, [...noted.callers, ...(logged?.callers ?? [])]);
    // Either is enough; whichever has been whole for longer tells more.
    const begins = [noted, ...(logged ? [logged] : [])].flatMap((one) =>
      one.gaps.length === 0 && one.completeSince ? [one.completeSince] : [],
    );
    if (begins.length === 0) return { ...SAMPLED, gaps: [...(logged?.gaps ?? []), ...noted.gaps], callers, observedAt };
    const completeSince = new Date(Math.min(...begins.map(Number)));
    return { coverage: 'complete', gaps: [], completeSince, lagSeconds: 0, callers, observedAt };
  }

  /** At everybody on the server; one that others asked for just now will do. */
  private look(since: Date): Promise<Look> {
    return this.kept.looks.of(this.server, since, () =>
      this.kept.connections.within(this.access, this.way, (client) => {
        const into: Into = (database, work) =>
          database === this.access.database ? work(client).catch(thrown) : this.in(database, work);
        return lookAt(client, into, since, this.now);
      }),
    );
  }

  async revoke({ account }: CredentialName, beside: CredentialName | null): Promise<void> {
    mustDiffer({ account, keyId: null }, beside, 'accounts');
    return this.within(account, async (client) => {
      const role = await findRole(client, account);
      if (role) await shut(client, role);
    });
  }

  private async roleOf(client: Client, account: string): Promise<Role> {
    const role = await findRole(client, account);
    if (!role) throw refused('accountUnknown');
    await refuseOwn(client, role);
    return role;
  }

  /** Where the server is, as whom, and by what authorities it is believed. */
  private get server(): string {
    return JSON.stringify([this.access.place, this.way]);
  }

  /** Into another database, and out again: one that is kept open is in the way of whoever would copy or remove the database. */
  private in<Result>(database: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    return withConnection({ ...this.access, database }, this.way, work);
  }

  private async within<Result>(account: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    this.checkAccount(account);
    return this.kept.connections.within(this.access, this.way, work);
  }
}

/** What the databases noted of one role. */
function notedOf({ noted, completeSince, gaps }: Look, role: WatchedRole, since: Date): Seen {
  const own = noted.filter((one) => one.role === role.oid && one.lastSeenAt >= since);
  return {
    callers: own.map(callerOf),
    completeSince,
    gaps: role.superuser ? [...gaps, SUPERUSER_GAP] : gaps,
  };
}

function callerOf({ role: _, ...caller }: RoleCaller): Caller {
  return caller;
}

function thrown(error: unknown): never {
  throw asTargetError(error);
}
