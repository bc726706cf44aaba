import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { People } from '../../custodians/index.js';
import { type Id, isId } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import { Closing } from '../closing/closing.service.js';
import { SamplesRepository } from '../closing/samples.repository.js';
import type { EffectState } from '../domain/effect.js';
import { EffectsRepository } from '../effects/effects.repository.js';
import { ExceptionsRepository } from '../exceptions/exceptions.repository.js';
import { RiskAnalysesRepository } from '../risk-analyses/risk-analyses.repository.js';
import type { Behind } from './domain/behind.js';
import { MOST_NAMED, type NamedEffect, type NamedException, type Report, type Some } from './domain/report.js';
import { ReviewExportsRepository } from './exports.repository.js';
import { reviewPdf } from './pdf/review-pdf.js';

/** Writes what a review came to for people to read. The caller has recorded that before. */
@Injectable()
export class Reports {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: CampaignsRepository,
    private readonly rows: ReviewExportsRepository,
    private readonly effects: EffectsRepository,
    private readonly exceptions: ExceptionsRepository,
    private readonly samples: SamplesRepository,
    private readonly analyses: RiskAnalysesRepository,
    private readonly closing: Closing,
    private readonly people: People,
    private readonly clock: SystemClock,
  ) {}

  async write(id: Id<'campaign'>, behind: Behind): Promise<Readable> {
    const read = await this.unitOfWork.read((tx) => this.gather(tx, id));
    const names = await this.people.namesOf([...peopleOf(read)].filter((one) => isId('person', one)));
    return reviewPdf({ ...read, behind, names });
  }

  private async gather(tx: Tx, id: Id<'campaign'>): Promise<Omit<Report, 'behind' | 'names'>> {
    const at = this.clock.now();
    const campaign = await this.campaigns.get(tx, id);
    const { teamId } = campaign.scope;
    const standing = await this.closing.standingOf(tx, campaign, at);
    const { effects, samples } = standing.figures;
    const unfinished: EffectState[] = ['failed', 'attestation-needed', 'applied', 'pending'];
    const analysis = campaign.riskAnalysisId && (await this.analyses.find(tx, campaign.riskAnalysisId));
    return {
      at,
      campaign,
      standing,
      teamName: teamId === undefined ? undefined : await this.rows.teamName(tx, teamId),
      decidedBy: someOf(await this.rows.listDecidedBy(tx, id)),
      verified: await this.someEffects(tx, id, ['verified'], effects.verified),
      attested: await this.someEffects(tx, id, ['attested'], effects.attested),
      unfinished: await this.someEffects(
        tx,
        id,
        unfinished,
        effects.excepted + effects.unverified + effects.unattested + effects.failed,
      ),
      exceptions: await this.someExceptions(tx, id),
      disagreements: {
        things: await this.samples.list(tx, { campaignId: id, state: 'disagreed' }, undefined, MOST_NAMED),
        total: samples.disagreed,
      },
      foundation: analysis ?? undefined,
    };
  }

  private async someEffects(
    tx: Tx,
    campaignId: Id<'campaign'>,
    states: readonly EffectState[],
    total: number,
  ): Promise<Some<NamedEffect>> {
    const found: NamedEffect[] = [];
    for (const state of states) {
      const left = MOST_NAMED - found.length;
      if (left > 0) found.push(...(await this.effects.list(tx, { campaignId, state }, undefined, left)));
    }
    return { things: found, total };
  }

  private async someExceptions(tx: Tx, id: Id<'campaign'>): Promise<Some<NamedException>> {
    const { total, inForce } = await this.rows.countExceptions(tx, id);
    const found = await this.exceptions.list(tx, id, undefined, Math.max(1, total));
    const things = found
      .filter(({ exception }) => exception.endedAt === null)
      .slice(0, MOST_NAMED)
      .map(({ exception, identityName }): NamedException => {
        const { effectId, itemId, reason, ownerId, endsAt } = exception;
        const decided = itemId !== null && inForce.has(itemId);
        return {
          identityName,
          of: effectId !== null ? 'effect' : decided ? 'second look' : 'identity',
          reason,
          ownerId,
          endsAt,
        };
      });
    return { things, total: found.filter(({ exception }) => exception.endedAt === null).length };
  }
}

function someOf<Thing>(all: readonly Thing[]): Some<Thing> {
  return { things: all.slice(0, MOST_NAMED), total: all.length };
}

/** Everybody whom a report names. */
function peopleOf(report: Omit<Report, 'behind' | 'names'>): ReadonlySet<Id<'person'>> {
  const { campaign, decidedBy, attested, exceptions, disagreements, foundation } = report;
  const named: readonly (string | null | undefined)[] = [
    ...[campaign.ownerId, campaign.managementId, campaign.acknowledgedBy, campaign.endedBy, campaign.scope.custodianId],
    ...decidedBy.things.map(({ personId }) => personId),
    ...attested.things.map(({ effect }) => effect.endedBy),
    ...exceptions.things.map(({ ownerId }) => ownerId),
    ...disagreements.things.map(({ decidedBy: by }) => by),
    foundation?.approverId,
  ];
  return new Set(named.filter((id) => id != null) as Id<'person'>[]);
}
