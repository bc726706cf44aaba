import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { People } from '../../custodians/index.js';
import { type Actor, addSeconds, DAY_SECONDS, type Id, principalName, type RecordType } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { PlacesRepository, type ShownPlace } from '../intake/places.repository.js';
import { Resolver } from '../intake/resolver.js';
import { assign, dismiss, merge, reopen, split } from './domain/decisions.js';
import { DiscoveryError } from './domain/errors.js';
import type { QueuedFinding } from './domain/finding.js';
import { findingImage } from './domain/images.js';
import { type EventKind, FindingEventsRepository, type StoredEvent } from './events.repository.js';
import { FindingsRepository } from './findings.repository.js';
import { type Facet, type QueueFilter, type QueuePosition, QueueRepository } from './queue.repository.js';
import { type Trends, TrendsRepository } from './trends.repository.js';

const WEEK_SECONDS = 7 * DAY_SECONDS;

/** What somebody says beside what they do. */
interface Said {
  readonly kind: EventKind;
  readonly words: string | null;
  readonly data?: Readonly<Record<string, string | null>>;
}

/** The queue: what was found, and what people make of it. */
@Injectable()
export class Findings {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly findings: FindingsRepository,
    private readonly queue: QueueRepository,
    private readonly trendsRepository: TrendsRepository,
    private readonly places: PlacesRepository,
    private readonly events: FindingEventsRepository,
    private readonly resolver: Resolver,
    private readonly people: People,
    private readonly audit: Audit,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit`, what is due first coming first. */
  list(filter: QueueFilter, after: QueuePosition | undefined, limit: number) {
    return this.unitOfWork.readOne((tx) => this.queue.list(tx, filter, after, limit + 1));
  }

  facets(filter: QueueFilter): Promise<Facet[]> {
    return this.unitOfWork.readOne((tx) => this.queue.facets(tx, filter));
  }

  /** By week, up to now. */
  async trends(weeks: number): Promise<Trends> {
    const at = this.clock.now();
    const since = addSeconds(at, -weeks * WEEK_SECONDS);
    const counts = await this.unitOfWork.read(async (tx) => ({
      found: await this.trendsRepository.found(tx, since, at),
      ended: await this.trendsRepository.ended(tx, since, at),
      waiting: await this.trendsRepository.waiting(tx, at),
    }));
    return { since, weeks, ...counts };
  }

  /** @throws DiscoveryError `finding_not_found` */
  get(id: Id<'finding'>): Promise<QueuedFinding> {
    return this.unitOfWork.readOne((tx) => this.findings.get(tx, id));
  }

  /** One more than `limit` places, those that are there first. @throws DiscoveryError `finding_not_found` */
  placesOf(id: Id<'finding'>, offset: number, limit: number): Promise<ShownPlace[]> {
    return this.unitOfWork.read(async (tx) => {
      await this.findings.get(tx, id);
      return this.places.list(tx, id, offset, limit + 1);
    });
  }

  /** One more than `limit`, the newest first. @throws DiscoveryError `finding_not_found` */
  eventsOf(id: Id<'finding'>, before: number | undefined, limit: number): Promise<StoredEvent[]> {
    return this.unitOfWork.read(async (tx) => {
      await this.findings.get(tx, id);
      return this.events.list(tx, id, before, limit + 1);
    });
  }

  /** @throws DiscoveryError `finding_not_found`, `finding_over`, `person_left` */
  assign(actor: Actor, id: Id<'finding'>, to: Id<'person'> | null): Promise<QueuedFinding> {
    return this.decide(
      actor,
      id,
      'finding.assigned',
      { kind: 'assigned', words: null, data: { to } },
      async (tx, before) => {
        if (to !== null && !(await this.people.holdLive(tx, to)))
          throw new DiscoveryError('person_left', 'Nobody who is here has that id: assign it to somebody else.');
        return assign(before, to, this.clock.now());
      },
    );
  }

  /** @throws DiscoveryError `finding_not_found` */
  comment(actor: Actor, id: Id<'finding'>, words: string): Promise<QueuedFinding> {
    return this.unitOfWork.run(async (tx) => {
      const finding = await this.findings.lock(tx, id);
      await this.say(tx, actor, id, { kind: 'commented', words });
      // Words may be about people: the record says that something was said, and not what.
      await this.audit.append(tx, { type: 'finding.commented', actor, subject: id });
      return finding;
    });
  }

  /** @throws DiscoveryError `finding_not_found`, `finding_over`, `dismissal_too_long` */
  dismiss(actor: Actor, id: Id<'finding'>, reason: string, until: Date): Promise<QueuedFinding> {
    const said = { kind: 'dismissed', words: reason, data: { until: until.toISOString() } } as const;
    return this.decide(actor, id, 'finding.dismissed', said, (_tx, before) =>
      dismiss(before, reason, until, principalName(actor.principal), this.clock.now()),
    );
  }

  /** @throws DiscoveryError `finding_not_found`, `finding_over` */
  reopen(actor: Actor, id: Id<'finding'>, reason: string): Promise<QueuedFinding> {
    return this.decide(actor, id, 'finding.reopened', { kind: 'reopened', words: reason }, (_tx, before) =>
      reopen(before, this.clock.now()),
    );
  }

  /** @throws DiscoveryError `finding_not_found`, `finding_over`, `not_one_kind`, `two_secrets` */
  async merge(actor: Actor, id: Id<'finding'>, into: Id<'finding'>, reason: string): Promise<QueuedFinding> {
    return this.unitOfWork.run(async (tx) => {
      const both = await this.findings.lockAll(tx, [id, into]);
      const [before, other] = [id, into].map((one) => both.find((finding) => finding.id === one));
      if (!before || !other)
        throw new DiscoveryError('finding_not_found', 'No finding has that id. GET /v1/findings lists them.');
      const after = merge(before, other, this.clock.now());
      const said = { kind: 'merged', words: reason, data: { into } } as const;
      await this.store(tx, actor, 'finding.merged', said, before, after);
      await this.resolver.again(tx, [into]);
      return after;
    });
  }

  /** @throws DiscoveryError `finding_not_found`, `not_merged` */
  async split(actor: Actor, id: Id<'finding'>, reason: string): Promise<QueuedFinding> {
    return this.unitOfWork.run(async (tx) => {
      const before = await this.findings.lock(tx, id);
      const after = split(before, this.clock.now());
      await this.store(tx, actor, 'finding.split', { kind: 'split', words: reason }, before, after);
      await this.resolver.again(tx, [id]);
      return this.findings.get(tx, id);
    });
  }

  private decide(
    actor: Actor,
    id: Id<'finding'>,
    type: RecordType,
    said: Said,
    decide: (tx: Tx, before: QueuedFinding) => QueuedFinding | Promise<QueuedFinding>,
  ): Promise<QueuedFinding> {
    return this.unitOfWork.run(async (tx) => {
      const before = await this.findings.lock(tx, id);
      const after = await decide(tx, before);
      if (after !== before) await this.store(tx, actor, type, said, before, after);
      return after;
    });
  }

  private async store(tx: Tx, actor: Actor, type: RecordType, said: Said, before: QueuedFinding, after: QueuedFinding) {
    await this.findings.saveAll(tx, [after]);
    await this.say(tx, actor, after.id, said);
    const images = { before: findingImage(before), after: findingImage(after) };
    await this.audit.append(tx, { type, actor, subject: after.id, ...images });
  }

  private say(tx: Tx, actor: Actor, id: Id<'finding'>, { kind, words, data = {} }: Said): Promise<void> {
    return this.events.add(tx, id, { kind, words, data, by: principalName(actor.principal), at: this.clock.now() });
  }
}
