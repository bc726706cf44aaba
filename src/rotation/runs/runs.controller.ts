import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../../platform/index.js';
import { newRunBody, reasonBody, runSchema, runsQuery, showRun, showWholeRun, wholeRunSchema } from './runs.dto.js';
import { Runs } from './runs.service.js';

@Controller('v1')
export class RunsController {
  constructor(private readonly runs: Runs) {}

  @Post('rotations/:id/runs')
  @Route({
    summary: 'Rotates now.',
    action: 'rotation.run',
    answers: { 201: wholeRunSchema },
    records: ['rotation.started'],
  })
  async start(
    @By() actor: Actor,
    @Param('id', { schema: idOf('rotation') }) id: Id<'rotation'>,
    @Body({ schema: newRunBody }) body: z.output<typeof newRunBody>,
  ) {
    return showWholeRun(await this.runs.start(actor, id, body));
  }

  @Get('rotation-runs')
  @Route({
    summary: 'Lists runs, the newest first.',
    action: 'rotation.read',
    answers: { 200: pageOf(runSchema) },
    records: 'none',
  })
  async list(@Query({ schema: runsQuery }) { limit, cursor, ...filter }: z.output<typeof runsQuery>) {
    const rows = await this.runs.list(filter, decodeCursor(cursor, idOf('rotationRun')), limit);
    return pageFrom(rows, limit, ({ run }) => run.id, showRun);
  }

  @Get('rotation-runs/:id')
  @Route({
    summary: 'Shows a run: its steps, who is left on the old one, what keeps it, and what to do about that.',
    action: 'rotation.read',
    answers: { 200: wholeRunSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('rotationRun') }) id: Id<'rotationRun'>) {
    return showWholeRun(await this.runs.get(id));
  }

  @Post('rotation-runs/:id/retry')
  @Route({
    summary: 'Takes up again what is stuck.',
    action: 'rotation.run',
    answers: { 200: wholeRunSchema },
    records: ['rotation.taken-up'],
  })
  async retry(@By() actor: Actor, @Param('id', { schema: idOf('rotationRun') }) id: Id<'rotationRun'>) {
    return showWholeRun(await this.runs.retry(actor, id));
  }

  @Post('rotation-runs/:id/cancellation')
  @Route({
    summary: 'Gives a run up: whoever has the new one is brought back to the old one before the new one is withdrawn.',
    action: 'rotation.run',
    answers: { 200: wholeRunSchema },
    records: ['rotation.cancelled'],
  })
  async cancel(
    @By() actor: Actor,
    @Param('id', { schema: idOf('rotationRun') }) id: Id<'rotationRun'>,
    @Body({ schema: reasonBody }) { reason }: z.output<typeof reasonBody>,
  ) {
    return showWholeRun(await this.runs.cancel(actor, id, reason));
  }

  @Post('rotation-runs/:id/override')
  @Route({
    summary: 'Withdraws the old one although somebody may still use it: by two people.',
    action: 'rotation.override',
    answers: { 200: wholeRunSchema },
    records: ['approval.requested', 'rotation.overridden'],
  })
  async override(
    @By() actor: Actor,
    @Param('id', { schema: idOf('rotationRun') }) id: Id<'rotationRun'>,
    @Body({ schema: reasonBody }) { reason }: z.output<typeof reasonBody>,
  ) {
    return showWholeRun(await this.runs.override(actor, id, reason));
  }
}
