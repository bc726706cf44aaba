import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import type { z } from 'zod';
import { type Actor, type Id, meIn } from '../../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../../platform/index.js';
import { resolutionBody, sampleSchema, samplesQuery, showSample, verdictBody } from './closing.dto.js';
import { Resolutions } from './resolutions.service.js';
import { Samples } from './samples.service.js';

const idParameter = idOf('reviewItem');

@Controller('v1/review-samples')
export class SamplesController {
  constructor(
    private readonly samples: Samples,
    private readonly resolutions: Resolutions,
  ) {}

  @Get()
  @Route({
    summary: 'Lists keeps that somebody else looks at again; with reviewer=me, the caller’s own to look at.',
    action: 'review.read',
    answers: { 200: pageOf(sampleSchema) },
    records: 'none',
  })
  async list(
    @By() actor: Actor,
    @Query({ schema: samplesQuery })
    { limit, cursor, campaignId, itemId, reviewer, state }: z.output<typeof samplesQuery>,
  ) {
    const reviewerId = reviewer === 'me' ? meIn(actor) : reviewer;
    const after = decodeCursor(cursor, idParameter);
    const rows = await this.samples.list(actor, { campaignId, itemId, reviewerId, state }, after, limit);
    return pageFrom(rows, limit, ({ sample }) => sample.itemId, showSample);
  }

  @Put(':id')
  @Route({
    summary: 'Says whether a keep was right: never whoever decided it, another account of theirs, or who asked for it.',
    action: 'review.sample',
    answers: { 200: sampleSchema },
    records: ['review.sample-decided'],
  })
  async settle(
    @By() actor: Actor,
    @Param('id', { schema: idParameter }) id: Id<'reviewItem'>,
    @Body({ schema: verdictBody }) { verdict, reason }: z.output<typeof verdictBody>,
  ) {
    return showSample(await this.samples.settle(actor, id, { verdict, reason: reason ?? null }));
  }

  @Post(':id/resolution')
  @Route({
    summary:
      'Takes away after all what was kept, where a second look disagreed: the owner of the review or an administrator.',
    action: 'review.resolve',
    answers: { 200: sampleSchema },
    records: ['review.sample-resolved'],
  })
  async resolve(
    @By() actor: Actor,
    @Param('id', { schema: idParameter }) id: Id<'reviewItem'>,
    @Body({ schema: resolutionBody }) { decision, grants, reason }: z.output<typeof resolutionBody>,
  ) {
    return showSample(await this.resolutions.resolve(actor, id, { decision, grants: grants ?? null, reason }));
  }
}
