import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../../../platform/index.js';
import {
  newRunBody,
  newSourceBody,
  runSchema,
  showCheck,
  showRun,
  showSource,
  sourceChangeBody,
  sourceCheckSchema,
  sourceSchema,
  sourcesQuery,
} from './sources.dto.js';
import { Sources, type WantedSource } from './sources.service.js';

@Controller('v1/sources')
export class SourcesController {
  constructor(private readonly sources: Sources) {}

  @Get()
  @Route({
    summary: 'Lists where is looked for what nobody registered, and how far each can be relied on.',
    action: 'source.read',
    answers: { 200: pageOf(sourceSchema) },
    records: 'none',
  })
  async list(@Query({ schema: sourcesQuery }) { limit, cursor }: z.output<typeof sourcesQuery>) {
    const rows = await this.sources.list(decodeCursor(cursor, idOf('source')), limit);
    return pageFrom(rows, limit, ({ source }) => source.id, showSource);
  }

  @Post()
  @Route({
    summary: 'Has a place looked at for what nobody registered.',
    action: 'source.change',
    answers: { 201: sourceSchema },
    records: ['source.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newSourceBody }) body: z.output<typeof newSourceBody>) {
    const { access, caCertificates = null, privateNetwork = null, everySeconds = null, ...rest } = body;
    const wanted: WantedSource = { ...rest, access: access ?? null, caCertificates, privateNetwork, everySeconds };
    return showSource(await this.sources.create(actor, wanted));
  }

  @Get(':id')
  @Route({
    summary: 'Shows a source, with how far the run has come that goes on.',
    action: 'source.read',
    answers: { 200: sourceSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('source') }) id: Id<'source'>) {
    return showSource(await this.sources.get(id));
  }

  @Patch(':id')
  @Route({
    summary: 'Changes what is looked at, how often and how it is opened.',
    action: 'source.change',
    answers: { 200: sourceSchema },
    records: ['source.changed'],
  })
  async change(
    @By() actor: Actor,
    @Param('id', { schema: idOf('source') }) id: Id<'source'>,
    @IfMatch() version: number,
    @Body({ schema: sourceChangeBody }) body: z.output<typeof sourceChangeBody>,
  ) {
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    return showSource(await this.sources.change(actor, id, version, given));
  }

  @Delete(':id')
  @Route({
    summary: 'Looks there no more, and forgets what opens it; what was seen nowhere else is closed.',
    action: 'source.change',
    answers: { 204: null },
    records: ['source.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('source') }) id: Id<'source'>) {
    await this.sources.remove(actor, id);
  }

  @Post(':id/check')
  @Route({
    summary: 'Looks whether a source can be looked at, and keeps nothing.',
    action: 'source.run',
    answers: { 200: sourceCheckSchema },
    records: 'none',
  })
  async check(@Param('id', { schema: idOf('source') }) id: Id<'source'>) {
    return showCheck(await this.sources.check(id));
  }

  @Post(':id/runs')
  @Route({
    summary: 'Has a source looked at now.',
    action: 'source.run',
    answers: { 202: runSchema },
    records: 'none',
  })
  async run(
    @By() actor: Actor,
    @Param('id', { schema: idOf('source') }) id: Id<'source'>,
    @Body({ schema: newRunBody }) { anew }: z.output<typeof newRunBody>,
  ) {
    return showRun(await this.sources.run(actor, id, anew));
  }

  @Get(':id/runs')
  @Route({
    summary: 'Lists the looks at a source, the newest first.',
    action: 'source.read',
    answers: { 200: pageOf(runSchema) },
    records: 'none',
  })
  async listRuns(
    @Param('id', { schema: idOf('source') }) id: Id<'source'>,
    @Query({ schema: sourcesQuery }) { limit, cursor }: z.output<typeof sourcesQuery>,
  ) {
    const rows = await this.sources.listRuns(id, decodeCursor(cursor, idOf('sourceRun')), limit);
    return pageFrom(rows, limit, (run) => run.id, showRun);
  }
}
