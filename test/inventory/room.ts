import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { ApprovalConsents, ApprovalsModule, GuardConsents } from '../../src/approvals/index.js';
import { ApprovalsJobs } from '../../src/approvals/approvals.jobs.js';
import { Audit } from '../../src/audit/index.js';
import { CustodiansModule, Succession } from '../../src/custodians/index.js';
import { ActivationConsent, Inventory, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import type { Id, Role } from '../../src/kernel/index.js';
import { ApprovalDesk, UnitOfWork } from '../../src/platform/index.js';
import { StandingClock } from '../harness/clocks.js';
import type { TestDatabase } from '../harness/index.js';
import { NamedPeople } from '../harness/named-people.js';
import { type Answer as AnswerOf, Ground, Room as Opened } from '../harness/room.js';
import { insertTeam, newId } from './rows.js';

/** What answers hold, as far as tests reach into them. A member that an answer lacks is undefined, whatever this says. */
export interface AnswerBody {
  readonly id: string;
  readonly person: { readonly id: Id<'person'> };
  readonly signInToken: string;
  readonly identityId: Id<'identity'>;
  readonly approvalId: Id<'approval'>;
  readonly name: string;
  readonly spiffeId: string;
  readonly purpose: string;
  readonly status: string;
  readonly version: number;
  readonly primaryCustodianId: Id<'person'> | null;
  readonly handoverDueAt: string | null;
  readonly standing: { readonly reason: string | null };
  readonly state: string;
  readonly summary: string;
  readonly expiresAt: string;
  readonly decidedBy: string | null;
  readonly spentAt: string | null;
  readonly payload: string;
  readonly payloadDigest: string;
  readonly involved: readonly string[];
  readonly eligibleApproverIds: readonly string[];
  readonly canDecide: boolean;
  readonly accountIds: readonly string[];
  readonly until: string;
  readonly code: string;
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly nextCursor: string | null;
  readonly proposal: { readonly keep: readonly string[]; readonly remove: readonly string[] };
}

export type Answer = AnswerOf<AnswerBody>;

export interface Ask {
  /** A name that `person` was called with. */
  readonly as: string;
  readonly body?: unknown;
  readonly version?: number;
}

/** Inventory and approvals over a database of their own: asked over HTTP, or by their services as issuance does. */
export interface Room {
  readonly clock: StandingClock;
  readonly inventory: Inventory;
  readonly approvalsJobs: ApprovalsJobs;
  readonly unitOfWork: UnitOfWork;
  readonly database: TestDatabase;
  /** Past every right. */
  readonly superuser: Client;
  /** What nobody foresaw. */
  readonly failures: unknown[];
  readonly teamId: Id<'team'>;
  readonly ask: (method: string, url: string, ask: Ask) => Promise<Answer>;
  /** Somebody active, known by a name from now on. */
  readonly person: (name: string, ...roles: Role[]) => Promise<Id<'person'>>;
  /** Somebody who was invited signs in for the first time, known by a name from now on. */
  readonly arrive: (name: string, invited: Answer, ...roles: Role[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openRoom(): Promise<Room> {
  const ground = await Ground.take();
  const { database, superuser, keystore } = ground;
  const clock = new StandingClock();
  const people = new NamedPeople(clock);
  const opened = await Opened.open(ground, {
    modules: [CustodiansModule, InventoryModule, ApprovalsModule],
    clock,
    authenticators: [people],
    platform: [Audit],
    ports: [
      { provide: Succession, useExisting: InventorySuccession },
      { provide: ActivationConsent, useExisting: ApprovalConsents },
      { provide: ApprovalDesk, useExisting: GuardConsents },
    ],
  });
  return {
    ...{ clock, database, superuser, failures: opened.failures },
    inventory: opened.get(Inventory),
    approvalsJobs: opened.get(ApprovalsJobs),
    unitOfWork: opened.get(UnitOfWork),
    teamId: await insertTeam(superuser),
    ask: (method, url, { as, ...ask }) => opened.ask(method, url, { bearer: as, ...ask }),
    person: async (name, ...roles) => {
      const id = newId('person');
      const key = keystore.newPersonKey(id);
      await superuser.query(
        `WITH person AS (
           INSERT INTO muster.people (id, key_id, email_index, status, name_sealed, email_sealed, roles, version,
             invited_at, activated_at)
           VALUES ($1, $1, $2, 'active', $3, $4, $5, 1, now(), now()))
         INSERT INTO muster.person_keys (person_id, key_sealed) VALUES ($1, $6)`,
        [
          id,
          randomBytes(32),
          keystore.sealPersonal(key, id, 'name', name),
          keystore.sealPersonal(key, id, 'email', `${name}@example.com`),
          roles,
          key,
        ],
      );
      people.known.set(name, { id, roles });
      return id;
    },
    arrive: async (name, { body: { person, signInToken } }, ...roles) => {
      await opened.ask('POST', '/v1/sign-in', { body: { signInToken } });
      people.known.set(name, { id: person.id, roles });
    },
    close: async () => {
      await opened.close();
      await ground.leave();
    },
  };
}

export interface LoggedRecord {
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  /** Before and after. */
  readonly images: readonly unknown[];
}

/** The records that a piece of work appends, with the images behind them. */
export async function recordsBy({ superuser }: Room, work: () => Promise<unknown>): Promise<LoggedRecord[]> {
  const last = await superuser.query<{ n: string }>('SELECT coalesce(max(n), 0) AS n FROM audit.records');
  await work();
  const { rows } = await superuser.query<{ leaf: string; images: string }>(
    'SELECT r.leaf, i.images FROM audit.records r JOIN audit.images i USING (n) WHERE r.n > $1 ORDER BY r.n',
    [last.rows[0]!.n],
  );
  return rows.map(({ leaf, images }) => {
    const { type, actor, subject } = JSON.parse(leaf) as LoggedRecord;
    return { type, actor, subject, images: JSON.parse(images) as unknown[] };
  });
}
