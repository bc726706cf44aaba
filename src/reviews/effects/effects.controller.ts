import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { type Actor, type Id, meIn } from '../../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../../platform/index.js';
import { attestationBody, effectSchema, effectsQuery, showEffect } from './effects.dto.js';
import { Effects } from './effects.service.js';

@Controller('v1/review-effects')
export class EffectsController {
  constructor(private readonly effects: Effects) {}

  @Get()
  @Route({
    summary: 'Lists what decisions asked to be done, and what became of it.',
    action: 'review.read',
    answers: { 200: pageOf(effectSchema) },
    records: 'none',
  })
  async list(@By() actor: Actor, @Query({ schema: effectsQuery }) query: z.output<typeof effectsQuery>) {
    const { limit, cursor, ownerId, ...filter } = query;
    const owner = ownerId === 'me' ? meIn(actor) : ownerId;
    const after = decodeCursor(cursor, idOf('reviewEffect'));
    const rows = await this.effects.list(actor, { ...filter, ownerId: owner }, after, limit);
    return pageFrom(rows, limit, ({ effect }) => effect.id, showEffect);
  }

  @Get(':id')
  @Route({
    summary: 'Shows one thing that a decision asked to be done.',
    action: 'review.read',
    answers: { 200: effectSchema },
    records: 'none',
  })
  async read(@By() actor: Actor, @Param('id', { schema: idOf('reviewEffect') }) id: Id<'reviewEffect'>) {
    return showEffect(await this.effects.get(actor, id));
  }

  @Post(':id/attestation')
  @Route({
    summary: 'Gives one’s word that it is done, where nobody can look: counted apart from what was verified.',
    action: 'review.attest',
    answers: { 200: effectSchema },
    records: ['review.effect-attested'],
  })
  async attest(
    @By() actor: Actor,
    @Param('id', { schema: idOf('reviewEffect') }) id: Id<'reviewEffect'>,
    @Body({ schema: attestationBody }) body: z.output<typeof attestationBody>,
  ) {
    return showEffect(await this.effects.attest(actor, id, body));
  }

  @Post(':id/retry')
  @Route({
    summary: 'Tries again what failed.',
    action: 'review.retry',
    answers: { 200: effectSchema },
    records: ['review.effect-retried'],
  })
  async retry(@By() actor: Actor, @Param('id', { schema: idOf('reviewEffect') }) id: Id<'reviewEffect'>) {
    return showEffect(await this.effects.retry(actor, id));
  }
}
