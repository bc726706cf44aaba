import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, type Id, rolesOf } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { campaignImage } from '../campaigns/domain/images.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import type { Campaign } from '../domain/campaign.js';
import { acknowledge, canAcknowledge, canClose, close, type Closer, isStale, type Standing } from './domain/closing.js';
import { ClosingError } from './domain/errors.js';
import { type Figures, figuresDigest } from './domain/figures.js';
import { faultsOf } from './domain/tie-out.js';
import { FiguresRepository } from './figures.repository.js';
import { ClosingTies } from './ties.js';

/** A campaign's numbers as one caller sees them. */
export interface SeenFigures extends Standing {
  readonly campaign: Campaign;
  readonly acknowledgementStale: boolean;
  readonly canAcknowledge: boolean;
  readonly canClose: boolean;
  /** Whether they see how the decisions came about. */
  readonly seesQuality: boolean;
}

const OVERSEERS = ['administrator', 'auditor'] as const;

/** Adds a review up, has it acknowledged, and closes it. */
@Injectable()
export class Closing {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: CampaignsRepository,
    private readonly figures: FiguresRepository,
    private readonly ties: ClosingTies,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** @throws ReviewsError `campaign_not_found` */
  get(actor: Actor, id: Id<'campaign'>): Promise<SeenFigures> {
    return this.unitOfWork.read(async (tx) => this.see(tx, actor, await this.campaigns.get(tx, id)));
  }

  /**
   * Acknowledges a review exactly as whoever does so has seen it.
   *
   * @param seen the digest of its figures
   * @throws ReviewsError `campaign_not_found`; ClosingError, as `acknowledge` of the domain
   */
  acknowledge(actor: Actor, id: Id<'campaign'>, seen: Buffer): Promise<SeenFigures> {
    return this.change(actor, id, 'campaign.acknowledged', (campaign, standing, by, at) =>
      acknowledge(campaign, standing, by, seen, at),
    );
  }

  /** @throws ReviewsError `campaign_not_found`; ClosingError, as `close` of the domain */
  close(actor: Actor, id: Id<'campaign'>): Promise<SeenFigures> {
    return this.change(actor, id, 'campaign.closed', close);
  }

  /**
   * How a campaign stands. The rows are counted in one statement; of one that is closed, the figures are those kept then.
   *
   * @param at now
   */
  async standingOf(tx: Tx, campaign: Campaign, at: Date): Promise<Standing> {
    const kept = campaign.state === 'closed' ? (campaign.figures as unknown as Figures) : undefined;
    const figures = kept ?? (await this.figures.count(tx, campaign.id, campaign.population ?? 0, at));
    const codes = faultsOf(figures).map(({ code }) => code);
    const examples = codes.length > 0 ? await this.figures.examplesOf(tx, campaign.id, codes, at) : {};
    const digest = figuresDigest(campaign.id, campaign.populationDigest ?? Buffer.alloc(0), figures);
    return { figures, faults: faultsOf(figures, examples), digest };
  }

  /** Whoever changes rows of a campaign holds it, so nothing of it changes between its being counted and the commit. */
  private change(
    actor: Actor,
    id: Id<'campaign'>,
    type: 'campaign.acknowledged' | 'campaign.closed',
    decide: (campaign: Campaign, standing: Standing, by: Closer, at: Date) => Campaign,
  ): Promise<SeenFigures> {
    return this.unitOfWork.run(async (tx) => {
      const before = await this.campaigns.lock(tx, id);
      const at = this.clock.now();
      const standing = await this.standingOf(tx, before, at);
      const by = await this.closerOf(tx, actor, before, standing.figures);
      const after = decide(before, standing, by, at);
      await this.campaigns.save(tx, after);
      const images = { before: { campaign: campaignImage(before) }, after: { campaign: campaignImage(after) } };
      await this.audit.append(tx, { type, actor, subject: id, ...images });
      return seen(actor, after, standing, by);
    });
  }

  private async see(tx: Tx, actor: Actor, campaign: Campaign): Promise<SeenFigures> {
    const standing = await this.standingOf(tx, campaign, this.clock.now());
    const asked = actor.principal.kind === 'person';
    const by = asked ? await this.closerOf(tx, actor, campaign, standing.figures) : undefined;
    return seen(actor, campaign, standing, by);
  }

  private async closerOf(tx: Tx, { principal }: Actor, campaign: Campaign, { custodians }: Figures): Promise<Closer> {
    if (principal.kind !== 'person')
      throw new ClosingError('not_management', 'Only a person acknowledges or closes a review; sign in as one.');
    const apart = [campaign.ownerId, ...custodians.map(({ personId }) => personId)];
    const isTied = await this.ties.of(tx, campaign, [principal.id, ...apart]);
    return {
      id: principal.id,
      administrator: rolesOf(principal).includes('administrator'),
      tied: isTied(principal.id, apart),
    };
  }
}

function seen(actor: Actor, campaign: Campaign, standing: Standing, by: Closer | undefined): SeenFigures {
  const roles = rolesOf(actor.principal);
  const runs = by !== undefined && [campaign.ownerId, campaign.managementId].includes(by.id);
  return {
    ...standing,
    campaign,
    acknowledgementStale: isStale(campaign, standing),
    canAcknowledge: by !== undefined && canAcknowledge(campaign, standing, by),
    canClose: by !== undefined && canClose(campaign, standing, by),
    seesQuality: runs || OVERSEERS.some((role) => roles.includes(role)),
  };
}
