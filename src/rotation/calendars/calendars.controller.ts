import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../../platform/index.js';
import {
  calendarChangeBody,
  calendarPreviewBody,
  calendarPreviewSchema,
  calendarSchema,
  calendarsQuery,
  MOST_SESSIONS,
  newCalendarBody,
  sessionsQuery,
  sessionsSchema,
  showCalendar,
  showPreview,
  showSessions,
  showWholeCalendar,
  wholeCalendarSchema,
} from './calendars.dto.js';
import { Calendars } from './calendars.service.js';

const MOST_PREVIEWED = 10;

@Controller('v1/calendars')
export class CalendarsController {
  constructor(private readonly calendars: Calendars) {}

  @Get()
  @Route({
    summary: 'Lists the calendars by which nothing rotates, the newest first.',
    action: 'calendar.read',
    answers: { 200: pageOf(calendarSchema) },
    records: 'none',
  })
  async list(@Query({ schema: calendarsQuery }) { cursor, limit }: z.output<typeof calendarsQuery>) {
    const rows = await this.calendars.list(decodeCursor(cursor, idOf('calendar')), limit);
    return pageFrom(rows, limit, ({ calendar }) => calendar.id, showCalendar);
  }

  @Post()
  @Route({
    summary: 'Sets up a calendar in whose sessions nothing rotates.',
    action: 'calendar.change',
    answers: { 201: wholeCalendarSchema },
    records: ['calendar.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newCalendarBody }) body: z.output<typeof newCalendarBody>) {
    return showWholeCalendar(await this.calendars.create(actor, body));
  }

  @Post('preview')
  @Route({
    summary: 'Reads a calendar without setting it up, and says its next sessions.',
    action: 'calendar.preview',
    answers: { 200: calendarPreviewSchema },
    records: 'none',
  })
  preview(@Body({ schema: calendarPreviewBody }) body: z.output<typeof calendarPreviewBody>) {
    return showPreview(this.calendars.preview(body, MOST_PREVIEWED + 1), MOST_PREVIEWED);
  }

  @Get(':id')
  @Route({
    summary: 'Shows a calendar as it was brought.',
    action: 'calendar.read',
    answers: { 200: wholeCalendarSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('calendar') }) id: Id<'calendar'>) {
    return showWholeCalendar(await this.calendars.get(id));
  }

  @Get(':id/sessions')
  @Route({
    summary: 'Shows the sessions of a time: nothing rotates in them.',
    action: 'calendar.read',
    answers: { 200: sessionsSchema },
    records: 'none',
  })
  async sessions(
    @Param('id', { schema: idOf('calendar') }) id: Id<'calendar'>,
    @Query({ schema: sessionsQuery }) { from, to }: z.output<typeof sessionsQuery>,
  ) {
    return showSessions(await this.calendars.sessions(id, from, to, MOST_SESSIONS + 1), MOST_SESSIONS);
  }

  @Patch(':id')
  @Route({
    summary: 'Changes a calendar; what keeps to it is due by what it says now.',
    action: 'calendar.change',
    answers: { 200: wholeCalendarSchema },
    records: ['calendar.changed'],
  })
  async revise(
    @By() actor: Actor,
    @Param('id', { schema: idOf('calendar') }) id: Id<'calendar'>,
    @IfMatch() version: number,
    @Body({ schema: calendarChangeBody }) body: z.output<typeof calendarChangeBody>,
  ) {
    return showWholeCalendar(await this.calendars.revise(actor, id, version, body));
  }

  @Delete(':id')
  @Route({
    summary: 'Removes a calendar that no rotation keeps to.',
    action: 'calendar.change',
    answers: { 204: null },
    records: ['calendar.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('calendar') }) id: Id<'calendar'>) {
    await this.calendars.remove(actor, id);
  }
}
