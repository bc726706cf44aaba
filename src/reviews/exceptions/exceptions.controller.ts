import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../../platform/index.js';
import { exceptionSchema, exceptionsQuery, newExceptionBody, showException } from './exceptions.dto.js';
import { Exceptions } from './exceptions.service.js';

@Controller('v1/review-exceptions')
export class ExceptionsController {
  constructor(private readonly exceptions: Exceptions) {}

  @Get()
  @Route({
    summary: 'Lists what reviews left open on purpose, by whom, and until when.',
    action: 'review.read',
    answers: { 200: pageOf(exceptionSchema) },
    records: 'none',
  })
  async list(@By() actor: Actor, @Query({ schema: exceptionsQuery }) query: z.output<typeof exceptionsQuery>) {
    const { limit, cursor, campaignId } = query;
    const rows = await this.exceptions.list(actor, campaignId, decodeCursor(cursor, idOf('reviewException')), limit);
    return pageFrom(rows, limit, ({ exception }) => exception.id, showException);
  }

  @Post()
  @Route({
    summary: 'Excepts what nobody decided, or what cannot be seen to be done.',
    action: 'review.except',
    answers: { 201: exceptionSchema },
    records: ['review.exception-created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newExceptionBody }) body: z.output<typeof newExceptionBody>) {
    return showException(await this.exceptions.create(actor, body));
  }

  @Post(':id/end')
  @Route({
    summary: 'Ends an exception before its time: what it excepted is open again.',
    action: 'review.except',
    answers: { 200: exceptionSchema },
    records: ['review.exception-ended'],
  })
  async end(@By() actor: Actor, @Param('id', { schema: idOf('reviewException') }) id: Id<'reviewException'>) {
    return showException(await this.exceptions.end(actor, id));
  }
}
