import { ApprovalConsents, ApprovalsModule, GuardConsents } from '../../src/approvals/index.js';
import { Audit } from '../../src/audit/index.js';
import { CustodiansModule, Succession } from '../../src/custodians/index.js';
import { ActivationConsent, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import { addSeconds, DAY_SECONDS, type Id, type Role } from '../../src/kernel/index.js';
import { ApprovalDesk, DatabaseAccess, Signer } from '../../src/platform/index.js';
import { ReviewsModule } from '../../src/reviews/index.js';
import { Staging } from '../../src/reviews/campaigns/staging.service.js';
import { StandingClock } from '../harness/clocks.js';
import { NamedPeople } from '../harness/named-people.js';
import { type Answer as AnswerOf, Ground, Room as Opened } from '../harness/room.js';
import { identityRow, insertPerson, insertRow, insertTeam, newId } from '../inventory/rows.js';

/** What answers hold, as far as tests reach into them. A member that an answer lacks is undefined, whatever this says. */
export interface AnswerBody {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly state: string;
  readonly count: number;
  readonly digest: string;
  readonly items: readonly ItemBody[];
  readonly nextCursor: string | null;
  readonly errors: unknown;
}

export interface ItemBody {
  readonly id: Id<'reviewItem'>;
  readonly identityId: Id<'identity'>;
  readonly name: string;
  readonly state: string;
  readonly reviewerId: Id<'person'> | null;
  readonly canDecide: boolean;
  readonly opened: boolean;
  readonly version: number;
}

export type Answer<Body = AnswerBody> = AnswerOf<Body>;

export interface Ask {
  /** A name that `person` was called with. */
  readonly as: string;
  readonly body?: unknown;
  readonly version?: number;
}

/** Access reviews, and the rooms that they stand on, over a database of their own. */
export class ReviewRoom {
  private made = 0;

  private constructor(
    private readonly ground: Ground,
    readonly opened: Opened,
    readonly clock: StandingClock,
    private readonly people: NamedPeople,
    readonly teamId: Id<'team'>,
  ) {}

  static async open(): Promise<ReviewRoom> {
    const ground = await Ground.take();
    const clock = new StandingClock();
    const people = new NamedPeople(clock);
    const opened = await Opened.open(ground, {
      modules: [CustodiansModule, InventoryModule, ApprovalsModule, ReviewsModule],
      clock,
      authenticators: [people],
      platform: [
        Audit,
        // Whoever stops an identity revokes what it holds; nothing is signed here.
        { provide: Signer, useValue: {} },
        { provide: DatabaseAccess, useValue: { appUrl: ground.database.appUrl } },
      ],
      ports: [
        { provide: Succession, useExisting: InventorySuccession },
        { provide: ActivationConsent, useExisting: ApprovalConsents },
        { provide: ApprovalDesk, useExisting: GuardConsents },
      ],
    });
    return new ReviewRoom(ground, opened, clock, people, await insertTeam(ground.superuser));
  }

  /** Past every right. */
  get superuser() {
    return this.ground.superuser;
  }

  /** What nobody foresaw. */
  get failures(): unknown[] {
    return this.opened.failures;
  }

  /** One of its own objects. */
  get<Thing>(type: abstract new (...parameters: never[]) => Thing): Thing {
    return this.opened.get(type);
  }

  ask<Body = AnswerBody>(method: string, url: string, { as, ...ask }: Ask): Promise<Answer<Body>> {
    return this.opened.ask<Body>(method, url, { bearer: as, ...ask });
  }

  /** Somebody active, known by a name from now on. */
  async person(name: string, ...roles: Role[]): Promise<Id<'person'>> {
    const id = await insertPerson(this.superuser, roles);
    this.people.known.set(name, { id, roles });
    return id;
  }

  /** An environment that nothing is in yet: a scope of its own. */
  newEnvironment(): string {
    return `reviewed-${++this.made}`;
  }

  /** An identity, past all registration; what is not said of it is as every constraint wants it. */
  async identity(changed: Readonly<Record<string, unknown>>): Promise<Id<'identity'>> {
    const row = identityRow(this.teamId, changed);
    await insertRow(this.superuser, 'muster.identities', row);
    return row.id;
  }

  async grant(identityId: Id<'identity'>, changed: Readonly<Record<string, unknown>> = {}): Promise<Id<'grant'>> {
    const id = newId('grant');
    await insertRow(this.superuser, 'muster.grants', {
      ...{ id, identity_id: identityId, target: 'ledger', scope: id, purpose: 'Books payments.' },
      ...{ added_by: 'system:test', added_at: new Date(0), ...changed },
    });
    return id;
  }

  /** Begins a campaign over an environment and has it frozen. */
  async campaign(as: string, environment: string, more: Readonly<Record<string, unknown>>): Promise<Id<'campaign'>> {
    const dueAt = addSeconds(this.clock.now(), 14 * DAY_SECONDS).toISOString();
    const body = { name: `Review of ${environment}`, scope: { environment }, dueAt, ...more };
    const { status, body: made, text } = await this.ask('POST', '/v1/review-campaigns', { as, body });
    if (status !== 201) throw new Error(`No campaign: ${text}`);
    await this.get(Staging).freeze(made.id as Id<'campaign'>);
    return made.id as Id<'campaign'>;
  }

  /** A campaign's items by the name of what they are about. */
  async items(as: string, campaignId: Id<'campaign'>): Promise<ReadonlyMap<string, ItemBody>> {
    const { body } = await this.ask('GET', `/v1/review-items?campaignId=${campaignId}&limit=200`, { as });
    return new Map(body.items.map((item) => [item.name, item]));
  }

  /** Submits everything that somebody noted in a campaign. */
  async submit(as: string, campaignId: Id<'campaign'>): Promise<Answer> {
    const { body } = await this.ask('GET', `/v1/review-campaigns/${campaignId}/submission`, { as });
    const { digest, count } = body;
    return this.ask('POST', `/v1/review-campaigns/${campaignId}/submissions`, { as, body: { digest, count } });
  }

  async close(): Promise<void> {
    await this.opened.close();
    await this.ground.leave();
  }
}

export interface LoggedRecord {
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  /** Before and after. */
  readonly images: readonly unknown[];
}

/** The records that a piece of work appends, with the images behind them. */
export async function recordsBy({ superuser }: ReviewRoom, work: () => Promise<unknown>): Promise<LoggedRecord[]> {
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
