import {
  type HeldCertificates,
  type RevocationLists,
  type Revocations,
  type Usage as Reports,
} from '../../issuance/index.js';
import { type Inventory, standingOf } from '../../inventory/index.js';
import { type Actor, type Id, secondsBetween } from '../../kernel/index.js';
import type { UnitOfWork } from '../../platform/index.js';
import type { Credential, CredentialName, Holder, Proof, Rotator, Survey, Usage } from '../../targets/index.js';
import { divided, holdersOf, isLive } from './domain/succession.js';

/** What of Muster it works with. */
export interface Instruments {
  readonly held: HeldCertificates;
  readonly reports: Reports;
  readonly revocations: Revocations;
  readonly lists: RevocationLists;
  readonly inventory: Inventory;
  readonly unitOfWork: UnitOfWork;
  readonly actor: () => Actor;
  readonly now: () => Date;
}

const REASON = 'superseded';

/**
 * Has the certificates of an identity be renewed by their holders, who alone make keys: what is made here is a line in time.
 * Those issued before it go once nobody is left on them; each holder gets the next ones by themselves.
 */
export class CertificatesRotator implements Rotator {
  readonly pairing = 'issued';

  /** @param line what was announced last; null before the first time */
  constructor(
    private readonly identityId: Id<'identity'>,
    private readonly line: Date | null,
    private readonly instruments: Instruments,
  ) {}

  async coverage(): Promise<Pick<Usage, 'coverage' | 'gaps'>> {
    const { coverage, gaps } = await this.instruments.reports.coverage(this.instruments.now());
    return { coverage, gaps };
  }

  /** Until the last of those that go ends by itself, from when that was announced. */
  async longestLifeSeconds(): Promise<number> {
    const since = this.line ?? this.instruments.now();
    const lives = (await this.oldLive()).map(({ expiresAt }) => secondsBetween(since, expiresAt));
    return Math.max(0, ...lives);
  }

  async survey(): Promise<Survey> {
    return { announcedAt: this.instruments.now().toISOString() };
  }

  async create(_account: string, proposed: string, before: Survey) {
    return { keyId: String(before.announcedAt), secret: proposed, expiresAt: null };
  }

  /**
   * Of those since the line, whether their holders could get the next one now; of those before, whether any still opens a door:
   * one that is revoked does as long as the list that is served does not carry it.
   */
  async prove(name: Credential): Promise<Proof> {
    const works = this.isNew(name) ? await this.isServed() : await this.isOldAlive();
    return works ? { works } : { works, code: 'refused' };
  }

  async watch(): Promise<void> {}

  /** Who used them is noted as reports come; here is how far those can be relied on. */
  async usage(name: CredentialName, since: Date): Promise<Usage> {
    const observedAt = this.instruments.now();
    if (!this.isNew(name) && (await this.oldLive()).length === 0)
      return { ...NOTHING_LEFT, completeSince: since, callers: [], observedAt };
    return { ...(await this.instruments.reports.coverage(since)), callers: [], observedAt };
  }

  async holders(): Promise<readonly Holder[]> {
    if (this.line === null) return [];
    const held = await this.instruments.held.list(this.identityId, this.line);
    return holdersOf(held, this.line, this.instruments.now());
  }

  async revoke(): Promise<void> {
    const { revocations, actor } = this.instruments;
    for (const { id } of await this.oldLive()) await revocations.revoke(actor(), id, REASON);
  }

  private isNew({ keyId }: CredentialName): boolean {
    return this.line !== null && keyId === this.line.toISOString();
  }

  /** For an identity that is retired nothing is left to be served. */
  private isServed(): Promise<boolean> {
    const { unitOfWork, inventory, now } = this.instruments;
    return unitOfWork.run(async (tx) => {
      const { identity, facts } = await inventory.lockForIssuance(tx, this.identityId);
      return identity.status === 'retired' || standingOf(facts, now()).kind !== 'refuse';
    });
  }

  private async isOldAlive(): Promise<boolean> {
    const at = this.instruments.now();
    const old = (await this.old()).filter(({ expiresAt }) => expiresAt > at);
    if (old.some((one) => isLive(one, at))) return true;
    for (const authorityId of new Set(old.map((one) => one.authorityId))) {
      const serials = old.filter((one) => one.authorityId === authorityId).map(({ serialNumber }) => serialNumber);
      if (!(await this.instruments.lists.carries(authorityId, serials))) return true;
    }
    return false;
  }

  private async oldLive() {
    const at = this.instruments.now();
    return (await this.old()).filter((one) => isLive(one, at));
  }

  private async old() {
    const since = this.line ?? this.instruments.now();
    return divided(await this.instruments.held.list(this.identityId, since), since).old;
  }
}

const NOTHING_LEFT = { coverage: 'complete', gaps: [], lagSeconds: 0 } as const;
