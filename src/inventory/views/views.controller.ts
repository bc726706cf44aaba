import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../../platform/index.js';
import type { ViewQuery } from './domain/view.js';
import { newViewBody, showView, viewChangeBody, viewSchema, viewsQuery } from './views.dto.js';
import { Views } from './views.service.js';

@Controller('v1/views')
export class ViewsController {
  constructor(private readonly views: Views) {}

  @Get()
  @Route({
    summary: 'Lists the searches that the caller keeps, and those shared with their teams.',
    action: 'view.read',
    answers: { 200: pageOf(viewSchema) },
    records: 'none',
  })
  async list(@By() actor: Actor, @Query({ schema: viewsQuery }) { limit, cursor }: z.output<typeof viewsQuery>) {
    const rows = await this.views.list(actor, decodeCursor(cursor, idOf('view')), limit);
    return pageFrom(rows, limit, ({ id }) => id, showView);
  }

  @Post()
  @Route({
    summary: 'Keeps a search under a name, for the caller alone or for a team of theirs.',
    action: 'view.change',
    answers: { 201: viewSchema },
    records: ['view.created'],
  })
  async keep(@By() actor: Actor, @Body({ schema: newViewBody }) body: z.output<typeof newViewBody>) {
    const { name, query, teamId = null } = body;
    return showView(await this.views.keep(actor, { name, teamId, query: query }));
  }

  @Patch(':id')
  @Route({
    summary: 'Changes name, search or sharing of a view of the caller’s own.',
    action: 'view.change',
    answers: { 200: viewSchema },
    records: ['view.changed'],
  })
  async change(
    @By() actor: Actor,
    @Param('id', { schema: idOf('view') }) id: Id<'view'>,
    @IfMatch() version: number,
    @Body({ schema: viewChangeBody }) body: z.output<typeof viewChangeBody>,
  ) {
    const { query, ...rest } = body;
    const wanted = { ...rest, ...(query !== undefined && { query: query as ViewQuery }) };
    return showView(await this.views.change(actor, id, version, wanted));
  }

  @Delete(':id')
  @Route({
    summary: 'Removes a view of the caller’s own.',
    action: 'view.change',
    answers: { 204: null },
    records: ['view.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('view') }) id: Id<'view'>) {
    await this.views.remove(actor, id);
  }
}
