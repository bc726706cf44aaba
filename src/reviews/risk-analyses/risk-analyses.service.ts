import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { Humans, People } from '../../custodians/index.js';
import { Inventory } from '../../inventory/index.js';
import { type Actor, type Id, isId, type Json, principalName } from '../../kernel/index.js';
import { Ids, RequestError, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { scheduleImage } from '../schedules/domain/images.js';
import { rest } from '../schedules/domain/schedule.js';
import { SchedulesRepository } from '../schedules/schedules.repository.js';
import { FoundationError } from './domain/errors.js';
import { riskAnalysisImage } from './domain/images.js';
import {
  type Analysis,
  type AnalysisChange,
  approve,
  change,
  draft,
  requireReplaceable,
  type RiskAnalysis,
  type RiskAnalysisStatus,
  withdraw,
} from './domain/risk-analysis.js';
import { RiskAnalysesRepository } from './risk-analyses.repository.js';

/** An analysis, and the instant at which it is shown. */
export interface SeenAnalysis {
  readonly analysis: RiskAnalysis;
  readonly at: Date;
}

/** Why reviews happen as often as they do. */
@Injectable()
export class RiskAnalyses {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly analyses: RiskAnalysesRepository,
    private readonly schedules: SchedulesRepository,
    private readonly inventory: Inventory,
    private readonly people: People,
    private readonly humans: Humans,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit`, the newest first. */
  async list(
    status: RiskAnalysisStatus | undefined,
    before: Id<'riskAnalysis'> | undefined,
    limit: number,
  ): Promise<SeenAnalysis[]> {
    const at = this.clock.now();
    const found = await this.unitOfWork.readOne((tx) => this.analyses.list(tx, status, before, limit + 1, at));
    return found.map((analysis) => ({ analysis, at }));
  }

  /** @throws FoundationError `analysis_not_found` */
  async get(id: Id<'riskAnalysis'>): Promise<SeenAnalysis> {
    return this.see(await this.unitOfWork.readOne((tx) => this.analyses.get(tx, id)));
  }

  /**
   * Writes a draft, which may take the place of an older one once it is approved.
   *
   * @throws FoundationError `expiry_invalid`, `analysis_not_found`, `analysis_replaced`, `risk_analysis_needed`
   */
  create(actor: Actor, wanted: Analysis & Pick<RiskAnalysis, 'replacesId'>): Promise<SeenAnalysis> {
    const authorId = personOf(actor);
    return this.unitOfWork.run(async (tx) => {
      if (wanted.replacesId !== null) requireReplaceable(await this.analyses.get(tx, wanted.replacesId));
      const analysis = draft({ ...wanted, id: this.ids.next('riskAnalysis'), authorId }, this.clock.now());
      await this.analyses.insert(tx, analysis);
      const after = riskAnalysisImage(analysis);
      await this.audit.append(tx, { type: 'risk-analysis.created', actor, subject: analysis.id, before: null, after });
      return this.see(analysis);
    });
  }

  /**
   * @param version what the caller last saw
   * @throws FoundationError as `change` of the domain; `analysis_not_found`; RequestError `version_conflict`
   */
  revise(actor: Actor, id: Id<'riskAnalysis'>, version: number, wanted: AnalysisChange): Promise<SeenAnalysis> {
    return this.unitOfWork.run(async (tx) => {
      const analysis = await this.analyses.lock(tx, id);
      if (analysis.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this analysis meanwhile; read it again.');
      const changed = change(analysis, wanted, principalName(actor.principal), this.clock.now());
      if (changed === analysis) return this.see(analysis);
      await this.analyses.save(tx, changed);
      const images = { before: riskAnalysisImage(analysis), after: riskAnalysisImage(changed) };
      await this.audit.append(tx, { type: 'risk-analysis.changed', actor, subject: id, ...images });
      return this.see(changed);
    });
  }

  /**
   * Has reviews rest on an analysis. Where it takes the place of another, that one is withdrawn and its schedules rest on
   * this one from then on. Both people's rows are held meanwhile, so that nobody says in between that they are one human.
   *
   * @throws FoundationError as `approve` of the domain; `analysis_not_found`, `analysis_replaced`
   */
  approve(actor: Actor, id: Id<'riskAnalysis'>): Promise<SeenAnalysis> {
    const by = personOf(actor);
    return this.unitOfWork.run(async (tx) => {
      const at = this.clock.now();
      const { authorId } = await this.analyses.get(tx, id);
      await this.people.lockLive(tx, [authorId, by]);
      const analysis = await this.analyses.lock(tx, id);
      const approved = approve(analysis, by, await this.humans.namesakes(tx, [authorId]), at);
      await this.analyses.save(tx, approved);
      const replaced = await this.replace(tx, approved, at);
      await this.audit.append(tx, {
        type: 'risk-analysis.approved',
        actor,
        subject: id,
        before: { risk_analysis: riskAnalysisImage(analysis), ...replaced.before },
        after: { risk_analysis: riskAnalysisImage(approved), ...replaced.after },
      });
      return this.see(approved);
    });
  }

  /**
   * Takes an analysis back that nothing rests on.
   *
   * @throws FoundationError `analysis_in_use`, `analysis_withdrawn`, `not_the_author`, `analysis_not_found`
   */
  withdraw(actor: Actor, id: Id<'riskAnalysis'>): Promise<SeenAnalysis> {
    return this.unitOfWork.run(async (tx) => {
      const analysis = await this.analyses.lock(tx, id);
      if ((await this.schedules.lockRestingOn(tx, id)).length > 0)
        throw new FoundationError(
          'analysis_in_use',
          'Schedules rest on it: remove them, or have another analysis approved that replaces it.',
        );
      const withdrawn = withdraw(analysis, principalName(actor.principal), this.clock.now());
      await this.analyses.save(tx, withdrawn);
      const images = { before: riskAnalysisImage(analysis), after: riskAnalysisImage(withdrawn) };
      await this.audit.append(tx, { type: 'risk-analysis.withdrawn', actor, subject: id, ...images });
      return this.see(withdrawn);
    });
  }

  /** Puts an approved analysis in the place of the one it names. @returns images of what else changed */
  private async replace(
    tx: Tx,
    approved: RiskAnalysis,
    at: Date,
  ): Promise<Record<'before' | 'after', Record<string, Json>>> {
    if (approved.replacesId === null) return { before: {}, after: {} };
    const replaced = await this.analyses.lock(tx, approved.replacesId);
    requireReplaceable(replaced);
    const withdrawn = withdraw(replaced, approved.authorId, at);
    await this.analyses.save(tx, withdrawn);
    const schedules = await this.schedules.lockRestingOn(tx, replaced.id);
    const moved = schedules.map((schedule) => rest(schedule, approved, at));
    const foundation = { riskAnalysisId: approved.id, expiresAt: approved.expiresAt };
    for (const schedule of moved) {
      await this.schedules.save(tx, schedule);
      await this.inventory.replaceRiskAnalysis(tx, schedule.id, foundation);
    }
    return {
      before: { replaced: riskAnalysisImage(replaced), schedules: schedules.map(scheduleImage) },
      after: { replaced: riskAnalysisImage(withdrawn), schedules: moved.map(scheduleImage) },
    };
  }

  private see(analysis: RiskAnalysis): SeenAnalysis {
    return { analysis, at: this.clock.now() };
  }
}

function personOf({ principal }: Actor): Id<'person'> {
  const name = principalName(principal);
  if (!isId('person', name)) throw new FoundationError('not_the_author', 'Only people write analyses; sign in as one.');
  return name;
}
