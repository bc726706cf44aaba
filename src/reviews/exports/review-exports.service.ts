import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Audit, Exports } from '../../audit/index.js';
import { People } from '../../custodians/index.js';
import { type Actor, type Id, isId, type Json, rolesOf } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import { campaignImage } from '../campaigns/domain/images.js';
import { Closing } from '../closing/closing.service.js';
import { SamplesRepository } from '../closing/samples.repository.js';
import type { Campaign } from '../domain/campaign.js';
import { ReviewsError } from '../domain/errors.js';
import { EffectsRepository } from '../effects/effects.repository.js';
import { ExceptionsRepository } from '../exceptions/exceptions.repository.js';
import { behindOf } from './domain/behind.js';
import { csvHead, csvLine } from './domain/csv.js';
import { effectMembers, exceptionMembers, itemMembers, sampleMembers, submissionMembers } from './domain/lines.js';
import {
  lineText,
  membersOf,
  PACKAGE_KIND,
  PACKAGE_VERSION,
  packageText,
  sealed,
  type Sealed,
  type Section,
  sectionDigest,
  SECTIONS,
} from './domain/package-file.js';
import { ReviewExportsRepository } from './exports.repository.js';
import { Reports } from './reports.service.js';

export const EXPORT_FORMATS = ['csv', 'json', 'pdf'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A file on its way out. */
export interface ReviewFile {
  readonly name: string;
  readonly mediaType: string;
  readonly content: Readable;
}

const PAGE = 1_000;
const EVIDENCE_PAGE = 200;
const OVERSEERS = ['administrator', 'auditor'] as const;

/** Takes reviews out of the house. Each is recorded before a name or a piece of evidence is read (P2). */
@Injectable()
export class ReviewExports {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: CampaignsRepository,
    private readonly rows: ReviewExportsRepository,
    private readonly effects: EffectsRepository,
    private readonly exceptions: ExceptionsRepository,
    private readonly samples: SamplesRepository,
    private readonly closing: Closing,
    private readonly reports: Reports,
    private readonly people: People,
    private readonly log: Exports,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * @throws ReviewsError `campaign_not_found`, `campaign_not_open` for one that is not frozen yet, `not_the_owner`;
   *   AuditError `export_not_sequenced`: ask again
   */
  async export(actor: Actor, id: Id<'campaign'>, format: ExportFormat): Promise<ReviewFile> {
    const campaign = await this.unitOfWork.readOne((tx) => this.campaigns.get(tx, id));
    requireReader(actor, campaign);
    const name = `muster-review-${id}.${format}`;
    switch (format) {
      case 'csv':
        return {
          name,
          mediaType: 'text/csv; charset=utf-8',
          content: Readable.from(await this.table(actor, campaign)),
        };
      case 'json':
        return { name, mediaType: 'application/json', content: Readable.from(await this.package(actor, campaign)) };
      case 'pdf':
        return { name, mediaType: 'application/pdf', content: Readable.from(await this.report(actor, campaign)) };
    }
  }

  /**
   * One line an item, all of one instant. They are kept until they are sent, some 400 bytes each: whoever reads slowly holds
   * no transaction open.
   */
  private async table(actor: Actor, { id }: Campaign): Promise<string[]> {
    await this.record(actor, id, 'csv');
    const ids = await this.unitOfWork.readOne((tx) => this.rows.listPeople(tx, id));
    const names = await this.people.namesOf(ids);
    const nameOf = (person: string) => names.get(person as Id<'person'>) ?? person;
    return this.unitOfWork.read(async (tx) => {
      const chunks = [csvHead()];
      for await (const page of pages((after) => this.rows.listRows(tx, id, after, PAGE)))
        chunks.push(page.map((row) => csvLine(row, nameOf)).join(''));
      return chunks;
    });
  }

  private async report(actor: Actor, campaign: Campaign): Promise<AsyncIterable<Buffer>> {
    await this.record(actor, campaign.id, 'pdf');
    const subjects = await this.unitOfWork.read((tx) => this.subjectsOf(tx, campaign));
    const places = await this.log.placesOf(subjects);
    return this.reports.write(campaign.id, behindOf(places));
  }

  /** The package: everything in ids, so that it can be kept for as long as the log, whoever is forgotten meanwhile. */
  private async package(actor: Actor, { id }: Campaign): Promise<AsyncGenerator<string>> {
    const subjects = await this.unitOfWork.read(async (tx) => this.subjectsOf(tx, await this.campaigns.get(tx, id)));
    const places = await this.log.placesOf(subjects);
    const { head, sections } = await this.unitOfWork.read((tx) =>
      this.gather(tx, id, behindOf(places) as unknown as Json),
    );
    const digests = Object.fromEntries(SECTIONS.map((name) => [name, sectionDigest(sections[name])]));
    const log = await this.log.take(actor, places, (taken) => ({
      type: 'campaign.exported',
      subject: id,
      after: { format: 'json', head: head.sum, sections: digests, log: taken },
    }));
    const lines = Object.fromEntries(SECTIONS.map((name) => [name, sections[name].map((line) => lineText(line))]));
    return packageText(
      head,
      { ...(lines as Record<Section, string[]>), items: this.withEvidence(sections.items) },
      log,
    );
  }

  /** Everything but evidence, of one instant. */
  private async gather(tx: Tx, id: Id<'campaign'>, behind: Json) {
    const campaign = await this.campaigns.get(tx, id);
    const at = this.clock.now();
    const { figures } = await this.closing.standingOf(tx, campaign, at);
    const head = sealed({
      at: at.toISOString(),
      behind,
      campaign: campaignImage(campaign),
      figures: figures as unknown as Json,
      kind: PACKAGE_KIND,
      version: PACKAGE_VERSION,
    });
    const sections: Record<Section, Sealed[]> = {
      items: [],
      submissions: [],
      effects: [],
      exceptions: [],
      samples: [],
    };
    for await (const page of pages((after) => this.rows.listItems(tx, id, after, PAGE)))
      sections.items.push(...page.map((item) => sealed(itemMembers(item))));
    for (const one of await this.rows.listSubmissions(tx, id))
      sections.submissions.push(sealed(submissionMembers(one)));
    for await (const page of pagesById(
      (after) => this.effects.list(tx, { campaignId: id }, after, PAGE),
      (one) => one.effect.id,
    ))
      sections.effects.push(...page.map(({ effect }) => sealed(effectMembers(effect))));
    for await (const page of pagesById(
      (after) => this.exceptions.list(tx, id, after, PAGE),
      (one) => one.exception.id,
    ))
      sections.exceptions.push(...page.map(({ exception }) => sealed(exceptionMembers(exception))));
    for await (const page of pagesById(
      (after) => this.samples.list(tx, { campaignId: id }, after, PAGE),
      (one) => one.itemId,
    ))
      sections.samples.push(...page.map((sample) => sealed(sampleMembers(sample))));
    return { head, sections };
  }

  /** Evidence never changes once it is frozen, so it is read as it is sent. */
  private async *withEvidence(items: readonly Sealed[]): AsyncGenerator<string> {
    for (let at = 0; at < items.length; at += EVIDENCE_PAGE) {
      const page = items.slice(at, at + EVIDENCE_PAGE);
      const ids = page.map((line) => membersOf(line)['id'] as string);
      const texts = await this.unitOfWork.readOne((tx) => this.rows.evidenceTexts(tx, ids));
      for (const [i, line] of page.entries()) yield lineText(line, texts.get(ids[i]!));
    }
  }

  /** Whatever the log tells of it: the campaign, its items, and why it happens as often as it does. */
  private async subjectsOf(tx: Tx, { id, scheduleId, riskAnalysisId }: Campaign): Promise<string[]> {
    const subjects: string[] = [id, scheduleId, riskAnalysisId].filter((one) => one !== null);
    for await (const page of pages((after) => this.rows.listItems(tx, id, after, PAGE)))
      subjects.push(...page.map((item) => item.id));
    return subjects;
  }

  private async record(actor: Actor, subject: Id<'campaign'>, format: ExportFormat): Promise<void> {
    await this.unitOfWork.run((tx) =>
      this.audit.append(tx, { type: 'campaign.exported', actor, subject, after: { format } }),
    );
  }
}

/** @throws ReviewsError `campaign_not_open`, `not_the_owner` */
function requireReader({ principal }: Actor, campaign: Campaign): void {
  const roles = rolesOf(principal);
  const owns = principal.kind === 'person' && isId('person', principal.id) && principal.id === campaign.ownerId;
  if (!owns && !OVERSEERS.some((role) => roles.includes(role)))
    throw new ReviewsError('not_the_owner', 'Its owner, administrators and auditors take a review out of the house.');
  if (campaign.state === 'staging')
    throw new ReviewsError('campaign_not_open', 'It is still being prepared; try again in a minute.');
}

/** Pages in order of position. */
async function* pages<Row extends { readonly position: number }>(
  read: (after: number) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
  for (let page = await read(-1); page.length > 0; page = await read(page.at(-1)!.position)) yield page;
}

async function* pagesById<Row>(
  read: (after: string | undefined) => Promise<Row[]>,
  idOf: (row: Row) => string,
): AsyncGenerator<Row[]> {
  for (let page = await read(undefined); page.length > 0; page = await read(idOf(page.at(-1)!))) yield page;
}
