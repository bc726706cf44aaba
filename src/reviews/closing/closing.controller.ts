import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, idOf, Route } from '../../platform/index.js';
import { acknowledgementBody, figuresSchema, showFigures } from './closing.dto.js';
import { Closing } from './closing.service.js';

const idParameter = idOf('campaign');

@Controller('v1/review-campaigns/:id')
export class ClosingController {
  constructor(private readonly closing: Closing) {}

  @Get('figures')
  @Route({
    summary: 'Adds a review up: whether it ties out, and if not, why.',
    action: 'campaign.read',
    answers: { 200: figuresSchema },
    records: 'none',
  })
  async figures(@By() actor: Actor, @Param('id', { schema: idParameter }) id: Id<'campaign'>) {
    return showFigures(await this.closing.get(actor, id));
  }

  @Post('acknowledgement')
  @Route({
    summary: 'Acknowledges a review that ties out, exactly as it was seen: management, apart from those who decided.',
    action: 'campaign.acknowledge',
    answers: { 200: figuresSchema },
    records: ['campaign.acknowledged'],
  })
  async acknowledge(
    @By() actor: Actor,
    @Param('id', { schema: idParameter }) id: Id<'campaign'>,
    @Body({ schema: acknowledgementBody }) { digest }: z.output<typeof acknowledgementBody>,
  ) {
    return showFigures(await this.closing.acknowledge(actor, id, Buffer.from(digest, 'hex')));
  }

  @Post('close')
  @Route({
    summary: 'Closes a review that ties out and is acknowledged as it stands.',
    action: 'campaign.close',
    answers: { 200: figuresSchema },
    records: ['campaign.closed'],
  })
  async close(@By() actor: Actor, @Param('id', { schema: idParameter }) id: Id<'campaign'>) {
    return showFigures(await this.closing.close(actor, id));
  }
}
