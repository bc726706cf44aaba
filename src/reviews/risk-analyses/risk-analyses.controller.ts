import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../../platform/index.js';
import {
  newRiskAnalysisBody,
  riskAnalysesQuery,
  riskAnalysisChangeBody,
  riskAnalysisSchema,
  showRiskAnalysis,
} from './risk-analyses.dto.js';
import { RiskAnalyses, type SeenAnalysis } from './risk-analyses.service.js';

@Controller('v1/risk-analyses')
export class RiskAnalysesController {
  constructor(private readonly analyses: RiskAnalyses) {}

  @Get()
  @Route({
    summary: 'Lists why reviews happen as often as they do (PCI DSS 12.3.1), the newest first.',
    action: 'risk-analysis.read',
    answers: { 200: pageOf(riskAnalysisSchema) },
    records: 'none',
  })
  async list(@Query({ schema: riskAnalysesQuery }) { cursor, status, limit }: z.output<typeof riskAnalysesQuery>) {
    const rows = await this.analyses.list(status, decodeCursor(cursor, idOf('riskAnalysis')), limit);
    return pageFrom(rows, limit, ({ analysis }) => analysis.id, show);
  }

  @Post()
  @Route({
    summary:
      'Writes a targeted risk analysis; it counts once somebody else has approved it, for twelve months at most.',
    action: 'risk-analysis.change',
    answers: { 201: riskAnalysisSchema },
    records: ['risk-analysis.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newRiskAnalysisBody }) body: z.output<typeof newRiskAnalysisBody>) {
    return show(await this.analyses.create(actor, { ...body, replacesId: body.replacesId ?? null }));
  }

  @Get(':id')
  @Route({
    summary: 'Shows a risk analysis.',
    action: 'risk-analysis.read',
    answers: { 200: riskAnalysisSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('riskAnalysis') }) id: Id<'riskAnalysis'>) {
    return show(await this.analyses.get(id));
  }

  @Patch(':id')
  @Route({
    summary: 'Changes a draft; only its author does.',
    action: 'risk-analysis.change',
    answers: { 200: riskAnalysisSchema },
    records: ['risk-analysis.changed'],
  })
  async revise(
    @By() actor: Actor,
    @Param('id', { schema: idOf('riskAnalysis') }) id: Id<'riskAnalysis'>,
    @IfMatch() version: number,
    @Body({ schema: riskAnalysisChangeBody }) body: z.output<typeof riskAnalysisChangeBody>,
  ) {
    return show(await this.analyses.revise(actor, id, version, body));
  }

  @Post(':id/approval')
  @Route({
    summary: 'Approves what somebody else wrote; what it replaces is withdrawn, and schedules rest on this one.',
    action: 'risk-analysis.approve',
    answers: { 200: riskAnalysisSchema },
    records: ['risk-analysis.approved'],
  })
  async approve(@By() actor: Actor, @Param('id', { schema: idOf('riskAnalysis') }) id: Id<'riskAnalysis'>) {
    return show(await this.analyses.approve(actor, id));
  }

  @Post(':id/withdrawal')
  @Route({
    summary: 'Takes an analysis back that no schedule rests on.',
    action: 'risk-analysis.change',
    answers: { 200: riskAnalysisSchema },
    records: ['risk-analysis.withdrawn'],
  })
  async withdraw(@By() actor: Actor, @Param('id', { schema: idOf('riskAnalysis') }) id: Id<'riskAnalysis'>) {
    return show(await this.analyses.withdraw(actor, id));
  }
}

function show({ analysis, at }: SeenAnalysis): z.input<typeof riskAnalysisSchema> {
  return showRiskAnalysis(analysis, at);
}
