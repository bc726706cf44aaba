import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route, SystemClock } from '../../platform/index.js';
import { breakGlassQuery, breakGlassSchema, openingBody, reviewBody, showBreakGlass } from './break-glass.dto.js';
import { BreakingGlass } from './break-glass.service.js';
import type { BreakGlass } from './domain/break-glass.js';

const idParameter = idOf('breakGlass');

@Controller('v1/break-glass')
export class BreakGlassController {
  constructor(
    private readonly glass: BreakingGlass,
    private readonly clock: SystemClock,
  ) {}

  @Get()
  @Route({
    summary: 'Lists every breaking of the glass, the newest first.',
    action: 'break-glass.read',
    answers: { 200: pageOf(breakGlassSchema) },
    records: 'none',
  })
  async list(@Query({ schema: breakGlassQuery }) { limit, cursor, reviewed }: z.output<typeof breakGlassQuery>) {
    const rows = await this.glass.list(reviewed, decodeCursor(cursor, idParameter), limit);
    return pageFrom(rows, limit, ({ id }) => id, showBreakGlass(this.clock.now()));
  }

  @Post()
  @Route({
    summary:
      'Breaks the glass: lends the caller roles for at most an hour, tells every administrator, and must be reviewed.',
    action: 'break-glass.open',
    answers: { 201: breakGlassSchema },
    records: ['break-glass.opened'],
  })
  async open(@By() actor: Actor, @Body({ schema: openingBody }) body: z.output<typeof openingBody>) {
    return this.show(await this.glass.open(actor, body));
  }

  @Get(':id')
  @Route({
    summary: 'Shows one breaking of the glass.',
    action: 'break-glass.read',
    answers: { 200: breakGlassSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idParameter }) id: Id<'breakGlass'>) {
    return this.show(await this.glass.get(id));
  }

  @Post(':id/end')
  @Route({
    summary: 'Gives the roles back before their time: whoever took them, or an administrator.',
    action: 'break-glass.end',
    answers: { 200: breakGlassSchema },
    records: ['break-glass.ended'],
  })
  async end(@By() actor: Actor, @Param('id', { schema: idParameter }) id: Id<'breakGlass'>) {
    return this.show(await this.glass.end(actor, id));
  }

  @Post(':id/review')
  @Route({
    summary:
      'Closes it with what was found: never by whoever opened it, another account of theirs, or who answers for them.',
    action: 'break-glass.review',
    answers: { 200: breakGlassSchema },
    records: ['break-glass.reviewed'],
  })
  async review(
    @By() actor: Actor,
    @Param('id', { schema: idParameter }) id: Id<'breakGlass'>,
    @Body({ schema: reviewBody }) { findings }: z.output<typeof reviewBody>,
  ) {
    return this.show(await this.glass.review(actor, id, findings));
  }

  private show(one: BreakGlass) {
    return showBreakGlass(this.clock.now())(one);
  }
}
