import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../../platform/index.js';
import { newScheduleBody, scheduleChangeBody, scheduleSchema, schedulesQuery, showSchedule } from './schedules.dto.js';
import { Schedules } from './schedules.service.js';

@Controller('v1/review-schedules')
export class SchedulesController {
  constructor(private readonly schedules: Schedules) {}

  @Get()
  @Route({
    summary: 'Lists what is reviewed by itself, the newest schedule first.',
    action: 'review-schedule.read',
    answers: { 200: pageOf(scheduleSchema) },
    records: 'none',
  })
  async list(@Query({ schema: schedulesQuery }) { cursor, limit }: z.output<typeof schedulesQuery>) {
    const rows = await this.schedules.list(decodeCursor(cursor, idOf('reviewSchedule')), limit);
    return pageFrom(rows, limit, ({ schedule }) => schedule.id, showSchedule);
  }

  @Post()
  @Route({
    summary: 'Has a scope reviewed every so many days, which a risk analysis must support (PCI DSS 12.3.1).',
    action: 'review-schedule.change',
    answers: { 201: scheduleSchema },
    records: ['review-schedule.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newScheduleBody }) body: z.output<typeof newScheduleBody>) {
    const { ownerId, riskAnalysisId, nextAt, ...rest } = body;
    const wanted = { ...rest, ownerId, nextAt, riskAnalysisId: riskAnalysisId ?? undefined };
    return showSchedule(await this.schedules.create(actor, wanted));
  }

  @Get(':id')
  @Route({
    summary: 'Shows a schedule.',
    action: 'review-schedule.read',
    answers: { 200: scheduleSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('reviewSchedule') }) id: Id<'reviewSchedule'>) {
    return showSchedule(await this.schedules.get(id));
  }

  @Patch(':id')
  @Route({
    summary: 'Changes a schedule, or pauses it; a risk analysis must support what comes of it.',
    action: 'review-schedule.change',
    answers: { 200: scheduleSchema },
    records: ['review-schedule.changed'],
  })
  async revise(
    @By() actor: Actor,
    @Param('id', { schema: idOf('reviewSchedule') }) id: Id<'reviewSchedule'>,
    @IfMatch() version: number,
    @Body({ schema: scheduleChangeBody }) body: z.output<typeof scheduleChangeBody>,
  ) {
    return showSchedule(await this.schedules.revise(actor, id, version, body));
  }

  @Delete(':id')
  @Route({
    summary: 'Removes a schedule: what has started goes on, nothing else starts.',
    action: 'review-schedule.change',
    answers: { 204: null },
    records: ['review-schedule.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('reviewSchedule') }) id: Id<'reviewSchedule'>) {
    await this.schedules.remove(actor, id);
  }
}
