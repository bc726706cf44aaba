import { createHash } from 'node:crypto';
import { campaignImage } from '../../src/reviews/campaigns/domain/images.js';
import { type Figures, figuresDigest, type Quality } from '../../src/reviews/closing/domain/figures.js';
import { sampleImage } from '../../src/reviews/closing/domain/images.js';
import { drawSample, type Sample } from '../../src/reviews/closing/domain/sample.js';
import type { Campaign } from '../../src/reviews/domain/campaign.js';
import type { ReviewException } from '../../src/reviews/exceptions/domain/exception.js';
import type { ReviewEffect } from '../../src/reviews/domain/effect.js';
import type { ListedItem } from '../../src/reviews/domain/item.js';
import { behindOf } from '../../src/reviews/exports/domain/behind.js';
import {
  effectMembers,
  exceptionMembers,
  itemMembers,
  sampleMembers,
  submissionMembers,
} from '../../src/reviews/exports/domain/lines.js';
import {
  lineText,
  membersOf,
  PACKAGE_KIND,
  PACKAGE_VERSION,
  packageText,
  sealed,
  sectionDigest,
  SECTIONS,
} from '../../src/reviews/exports/domain/package-file.js';
import { submittedImage } from '../../src/reviews/items/domain/submission.js';
import { type Json, type RecordType } from '../../src/kernel/index.js';
import { MemoryLog } from '../audit/export-fixture.js';
import { administrator, id } from '../audit/log-fixture.js';

const FROZEN_AT = new Date('2026-11-01T08:00:00.000Z');
const minute = (n: number) => new Date(FROZEN_AT.getTime() + n * 60_000);
const CUSTODIAN = id('person', 11);
const OTHER = id('person', 12);
const MANAGEMENT = id('person', 13);

/** What a review came to, before anything of it is written. */
export interface Rows {
  readonly campaign: Campaign;
  readonly items: readonly ListedItem[];
  readonly evidence: ReadonlyMap<string, string>;
  readonly submissions: readonly { id: ReturnType<typeof submissionId>; digest: Buffer; count: number; at: Date }[];
  readonly effects: readonly ReviewEffect[];
  readonly exceptions: readonly ReviewException[];
  readonly samples: readonly Sample[];
  readonly figures: Figures;
}

const submissionId = () => id('reviewSubmission', 1);

function evidenceOf(n: number): string {
  const evidence = {
    identity: { id: id('identity', n), name: `bot-${n}`, purpose: 'Settles “daily” paymènts' },
    gaps: [],
  };
  return JSON.stringify(evidence).replaceAll('":', '": ');
}

function itemOf(n: number, decided: Partial<ListedItem>): ListedItem {
  return {
    id: id('reviewItem', n),
    campaignId: id('campaign', 1),
    position: n,
    identityId: id('identity', n),
    name: `bot-${n}`,
    environment: 'prod',
    unusedGrants: 0,
    lastUsedAt: null,
    reviewerId: CUSTODIAN,
    backupId: OTHER,
    barred: [id('person', 30)],
    state: 'submitted',
    privileged: n === 2,
    evidenceDigest: createHash('sha256').update(evidenceOf(n)).digest(),
    previousId: null,
    openedAt: minute(n),
    openedBy: CUSTODIAN,
    secondsSpent: n * 7,
    decision: {
      kind: 'keep',
      grants: null,
      reason: n === 2 ? 'The nightly run needs it.' : null,
      to: null,
      by: CUSTODIAN,
      at: minute(n),
      inBulk: false,
    },
    submissionId: submissionId(),
    submittedAt: minute(30),
    moves: [],
    version: 3,
    ...decided,
  };
}

/** A review of eight that ties out: five kept, one reduced, one revoked, one excepted; acknowledged and closed. */
export function tiedOut(): Rows {
  const kept = [1, 2, 3, 4, 5].map((n) => itemOf(n, {}));
  const decision = kept[0]!.decision!;
  const items = [
    ...kept.map((item) =>
      // In bulk, one second after another.
      item.position > 3 ? { ...item, decision: { ...decision, inBulk: item.position === 5, at: minute(3.01) } } : item,
    ),
    itemOf(6, {
      decision: { ...decision, kind: 'reduce', grants: [id('grant', 6)], reason: 'Unused.', at: minute(6) },
    }),
    itemOf(7, { decision: { ...decision, kind: 'revoke', reason: 'Gone.', at: minute(7) }, openedBy: null }),
    itemOf(8, { state: 'excepted', decision: null, submissionId: null, submittedAt: null }),
  ] as ListedItem[];
  const lines = items.map(
    (item) => `${item.position} ${item.id} ${item.identityId} ${item.evidenceDigest.toString('hex')}\n`,
  );
  const digest = createHash('sha256').update('what was signed').digest();
  const lot = { submissionId: submissionId(), digest, percent: 20 };
  const drawn = drawSample(
    items.filter((item) => item.decision?.kind === 'keep'),
    lot,
  );
  const effect = (n: number, item: number, rest: Partial<ReviewEffect>): ReviewEffect => ({
    id: id('reviewEffect', n),
    campaignId: id('campaign', 1),
    itemId: id('reviewItem', item),
    identityId: id('identity', item),
    kind: 'stop-identity',
    grantId: null,
    toId: null,
    targetId: null,
    state: 'verified',
    ownerId: null,
    attempts: 1,
    dueAt: null,
    failure: null,
    evidence: { seen: 'suspended' },
    createdAt: minute(30),
    appliedAt: minute(31),
    endedAt: minute(31),
    endedBy: null,
    version: 2,
    ...rest,
  });
  const campaign: Campaign = {
    id: id('campaign', 1),
    name: 'Quarterly “prod”',
    scope: { environment: 'prod' },
    scheduleId: null,
    riskAnalysisId: null,
    ownerId: id('person', 10),
    managementId: MANAGEMENT,
    samplePercent: 20,
    state: 'open',
    dueAt: minute(20_000),
    createdBy: id('person', 10),
    createdAt: FROZEN_AT,
    frozenAt: FROZEN_AT,
    population: items.length,
    populationDigest: createHash('sha256').update(lines.join('')).digest(),
    dataGate: [],
    acknowledgedBy: null,
    acknowledgedAt: null,
    acknowledgedDigest: null,
    endedBy: null,
    endedAt: null,
    endReason: null,
    figures: null,
    version: 2,
    changedAt: FROZEN_AT,
  };
  const quality: Quality = {
    decided: 7,
    keeps: 5,
    opened: 6,
    medianSeconds: 28,
    p90Seconds: 49,
    bulkKeeps: 1,
    hastyKeeps: 1,
    busiest: 4,
  };
  const figures: Figures = {
    population: 8,
    items: { open: 0, staged: 0, keep: 5, reduce: 1, revoke: 1, excepted: 1 },
    effects: { verified: 1, attested: 1, excepted: 1, unverified: 0, unattested: 0, failed: 0, missing: 0 },
    exceptions: { items: 1, effects: 1, samples: 0, lapsed: 0 },
    samples: { open: 0, agreed: 1, disagreed: 0, unresolved: 0 },
    quality,
    custodians: [{ personId: CUSTODIAN, ...quality }],
  };
  const exception = (n: number, of: Partial<ReviewException>): ReviewException => ({
    id: id('reviewException', n),
    campaignId: campaign.id,
    itemId: null,
    effectId: null,
    ownerId: id('person', 10),
    reason: 'The system goes in March.',
    endsAt: minute(100_000),
    createdBy: id('person', 10),
    createdAt: minute(40),
    endedBy: null,
    endedAt: null,
    ...of,
  });
  return {
    campaign,
    items,
    evidence: new Map(items.map((item) => [item.id, evidenceOf(item.position)])),
    submissions: [{ id: submissionId(), digest, count: 7, at: minute(30) }],
    effects: [
      effect(1, 7, {}),
      effect(2, 6, { kind: 'remove-grant', grantId: id('grant', 6), state: 'attested', endedBy: id('person', 10) }),
      effect(3, 7, {
        kind: 'remove-account',
        targetId: id('target', 1),
        state: 'failed',
        endedAt: null,
        failure: 'unreachable',
      }),
    ],
    exceptions: [exception(1, { itemId: id('reviewItem', 8) }), exception(2, { effectId: id('reviewEffect', 3) })],
    samples: drawn.map((item) => ({
      itemId: item.id,
      campaignId: campaign.id,
      reviewerId: OTHER,
      state: 'agreed',
      reason: null,
      chosenAt: minute(30),
      decidedBy: OTHER,
      decidedAt: minute(50),
      version: 2,
    })),
    figures,
  };
}

export interface Written {
  /** What the rows say when the package is written, where that is not what was recorded. */
  readonly told?: (rows: Rows) => Rows;
  readonly withheld?: boolean;
  /** Entries a part. */
  readonly most?: number;
  readonly unacknowledged?: boolean;
}

/** Writes the package of a review that went as its rows say, each step with its record. */
export async function writePackage(rows: Rows, { told = (same) => same, ...how }: Written = {}): Promise<string> {
  const log = new MemoryLog(3);
  const record = (type: RecordType, subject: string, after: Json) =>
    log.append({ type, actor: administrator, subject, before: null, after });
  let { campaign } = rows;
  record('campaign.started', campaign.id, { campaign: campaignImage(campaign) });
  for (const { id: submission, digest, count, at } of rows.submissions) {
    const items = rows.items.filter(({ submissionId: own }) => own === submission);
    const whole = { id: submission, campaignId: campaign.id, personId: CUSTODIAN, digest, count, at };
    record('review.submitted', campaign.id, submittedImage(whole, items));
  }
  for (const { id: effect, itemId, state } of rows.effects)
    if (state === 'verified' || state === 'attested')
      record(`review.effect-${state}`, itemId, { effect: { id: effect, state } });
  for (const { id: exception, itemId, effectId } of rows.exceptions) {
    const about = itemId ?? rows.effects.find((effect) => effect.id === effectId)!.itemId;
    record('review.exception-created', about, { exception: { id: exception } });
  }
  for (const sample of rows.samples)
    if (sample.state !== 'open') record('review.sample-decided', sample.itemId, { sample: sampleImage(sample) });
  if (!how.unacknowledged) {
    const acknowledgedDigest = figuresDigest(campaign.id, campaign.populationDigest!, rows.figures);
    campaign = { ...campaign, acknowledgedBy: MANAGEMENT, acknowledgedAt: minute(60), acknowledgedDigest };
    record('campaign.acknowledged', campaign.id, { campaign: campaignImage(campaign) });
    campaign = { ...campaign, state: 'closed', endedBy: campaign.ownerId, endedAt: minute(61) };
    campaign = { ...campaign, figures: rows.figures as unknown as Json };
    record('campaign.closed', campaign.id, { campaign: campaignImage(campaign) });
  }
  return textOf(told({ ...rows, campaign }), log, how);
}

async function textOf(rows: Rows, log: MemoryLog, { withheld = false, most = 5_000 }: Written): Promise<string> {
  const { campaign } = rows;
  const places = log.placesOf([campaign.id, ...rows.items.map((item) => item.id)]);
  const head = sealed({
    at: minute(70).toISOString(),
    behind: behindOf(places),
    campaign: campaignImage(campaign),
    figures: rows.figures as unknown as Json,
    kind: PACKAGE_KIND,
    version: PACKAGE_VERSION,
  });
  const sections = {
    items: rows.items.map((item) => sealed(itemMembers(item))),
    submissions: rows.submissions.map((one) =>
      sealed(submissionMembers({ ...one, campaignId: campaign.id, personId: CUSTODIAN })),
    ),
    effects: rows.effects.map((effect) => sealed(effectMembers(effect))),
    exceptions: rows.exceptions.map((exception) => sealed(exceptionMembers(exception))),
    samples: rows.samples.map((sample) => sealed(sampleMembers(sample))),
  };
  const digests = Object.fromEntries(SECTIONS.map((name) => [name, sectionDigest(sections[name])]));
  const parts = log.take(
    places.map(({ index }) => index),
    (taken) => ({
      type: 'campaign.exported',
      actor: administrator,
      subject: campaign.id,
      after: { head: head.sum, sections: digests, log: taken },
    }),
    { withheld, most },
  );
  const lines = {
    ...sections,
    items: sections.items.map((line) => lineText(line, rows.evidence.get(membersOf(line)['id'] as string))),
    ...Object.fromEntries(SECTIONS.slice(1).map((name) => [name, sections[name].map((line) => lineText(line))])),
  };
  let text = '';
  for await (const piece of packageText(head, lines as never, iterate(parts))) text += piece;
  return text;
}

async function* iterate(parts: readonly string[]): AsyncGenerator<string> {
  for (const part of parts) yield part;
}
