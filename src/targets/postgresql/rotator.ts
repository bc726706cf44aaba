import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import type { Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import { mustDiffer, refused } from '../domain/refusals.js';
import { checkSecret } from '../domain/proposed-secret.js';
import type { Caller, Credential, CredentialName, Proof, Rotator, Survey, Usage } from '../domain/rotating.js';
import type { PostgresqlAccess } from './access.js';
import { opens, withConnection } from './connection.js';
import { quoted } from './identifier.js';
import { loggedIn } from './log.js';
import type { LogListings } from './log-listings.js';
import { findRole, type Role } from './looking.js';
import { scramVerifier } from './scram.js';
import { refuseOwn, shut } from './taking-away.js';
import { aheadBy, byOurClock, openSessions, type Seen, together } from './usage.js';
import { clusterGaps, databasesOf, install, mayWatch, notedIn } from './watch.js';

const SALT_BYTES = 16;
const MOST_DATABASES = 100;
const SAMPLED = { coverage: 'sampled', completeSince: null, lagSeconds: 0 } as const;

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
    private readonly listings: LogListings,
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
    mustDiffer({ account, keyId: null }, beside, 'accounts');
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

  /**
   * Where Muster's role is a superuser it sees to it itself that logins are noted; elsewhere a superuser did, or nobody. What
   * there is counts from now on.
   */
  async watch(account: string): Promise<void> {
    const databases = await this.within(account, async (client) =>
      (await mayWatch(client)) ? databasesOf(client) : [],
    );
    for (const database of databases)
      await this.in(database, (client) => install(client, this.access.user)).catch(unlessAway);
    await this.usage({ account, keyId: null }, this.now());
  }

  async usage({ account }: CredentialName, since: Date): Promise<Usage> {
    const observedAt = this.now();
    const seen = await this.within(account, async (client) => {
      const role = await findRole(client, account);
      if (!role) return undefined;
      // First of all: whoever is not there any more by then has left a note, or was counted.
      const open = await openSessions(client, role, observedAt);
      const [databases, gaps] = [await databasesOf(client), await clusterGaps(client, role.oid)];
      const ahead = await aheadBy(client, this.now);
      const begun = new Date(since.getTime() + ahead);
      const logged = await loggedIn(client, role.name, this.access, begun, this.listings).catch(unlessAway);
      return { role, open, databases, gaps, ahead, begun, logged };
    });
    if (!seen) return { ...SAMPLED, gaps: ['There is no such account.'], callers: [], observedAt };
    const { role, open, databases, gaps, ahead, begun } = seen;
    const ours = (one: Seen) => byOurClock(one, ahead, observedAt);
    const [notes, logged] = [ours(await this.notes(role, databases, begun)), seen.logged && ours(seen.logged)];
    const noted = { ...notes, gaps: [...gaps, ...notes.gaps] };
    const callers = together(open, [...noted.callers, ...(logged?.callers ?? [])]);
    // Either is enough; whichever has been whole for longer tells more.
    const begins = [noted, ...(logged ? [logged] : [])].flatMap((one) =>
      one.gaps.length === 0 && one.completeSince ? [one.completeSince] : [],
    );
    if (begins.length === 0) return { ...SAMPLED, gaps: [...(logged?.gaps ?? []), ...noted.gaps], callers, observedAt };
    const completeSince = new Date(Math.min(...begins.map(Number)));
    return { coverage: 'complete', gaps: [], completeSince, lagSeconds: 0, callers, observedAt };
  }

  /** What every database noted: complete since the last of them began. */
  private async notes(role: Role, databases: readonly string[], since: Date): Promise<Seen> {
    if (databases.length > MOST_DATABASES)
      return {
        completeSince: null,
        callers: [],
        gaps: [`There are more than ${MOST_DATABASES} databases to look into.`],
      };
    const [callers, gaps, begun]: [Caller[], string[], Date[]] = [[], [], []];
    for (const database of databases) {
      const noted = await this.in(database, (client) => notedIn(client, role.oid, since)).catch(unlessAway);
      callers.push(...(noted?.callers ?? []));
      if (noted?.completeSince) begun.push(noted.completeSince);
      else
        gaps.push(
          `Logins to the database ${database} are not noted: have a superuser see to it (docs/guides/targets.md).`,
        );
    }
    return { completeSince: latest(begun), callers, gaps };
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

  private in<Result>(database: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    return withConnection({ ...this.access, database }, this.way, work);
  }

  private async within<Result>(account: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    this.checkAccount(account);
    return withConnection(this.access, this.way, work);
  }
}

/** A database where Muster may not, or cannot, is one whose logins it does not see; that it does not answer is no such thing. */
function unlessAway(error: unknown): undefined {
  const away = ['target_unreachable', 'target_busy', 'target_untrusted'];
  if (!(error instanceof TargetError) || away.includes(error.code)) throw error;
}

function latest(instants: readonly Date[]): Date | null {
  return instants.length === 0 ? null : new Date(Math.max(...instants.map(Number)));
}
