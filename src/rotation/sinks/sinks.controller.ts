import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, idOf, IfMatch, Route } from '../../platform/index.js';
import {
  newSinkBody,
  showSink,
  showSinkCheck,
  sinkChangeBody,
  sinkCheckSchema,
  sinkSchema,
  sinksSchema,
} from './sinks.dto.js';
import { Sinks, type WantedSink } from './sinks.service.js';

@Controller('v1')
export class SinksController {
  constructor(private readonly sinks: Sinks) {}

  @Get('rotations/:id/sinks')
  @Route({
    summary: 'Lists the places that what rotates is delivered to.',
    action: 'rotation.read',
    answers: { 200: sinksSchema },
    records: 'none',
  })
  async list(@Param('id', { schema: idOf('rotation') }) id: Id<'rotation'>) {
    return { items: (await this.sinks.list(id)).map(showSink) };
  }

  @Post('rotations/:id/sinks')
  @Route({
    summary: 'Has what rotates delivered to a place too, from its next version on.',
    action: 'rotation.change',
    answers: { 201: sinkSchema },
    records: ['rotation.sink-added'],
  })
  async add(
    @By() actor: Actor,
    @Param('id', { schema: idOf('rotation') }) id: Id<'rotation'>,
    @Body({ schema: newSinkBody }) body: z.output<typeof newSinkBody>,
  ) {
    const { access, caCertificates = null, privateNetwork = null, ...rest } = body;
    const wanted = { ...rest, access: access ?? null, caCertificates, privateNetwork } as WantedSink;
    return showSink(await this.sinks.add(actor, id, wanted));
  }

  @Get('rotation-sinks/:id')
  @Route({
    summary: 'Shows a place that what rotates is delivered to.',
    action: 'rotation.read',
    answers: { 200: sinkSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('rotationSink') }) id: Id<'rotationSink'>) {
    return showSink(await this.sinks.get(id));
  }

  @Patch('rotation-sinks/:id')
  @Route({
    summary: 'Changes how a place is opened, and whether what stands there at first may go.',
    action: 'rotation.change',
    answers: { 200: sinkSchema },
    records: ['rotation.sink-changed'],
  })
  async revise(
    @By() actor: Actor,
    @Param('id', { schema: idOf('rotationSink') }) id: Id<'rotationSink'>,
    @IfMatch() version: number,
    @Body({ schema: sinkChangeBody }) body: z.output<typeof sinkChangeBody>,
  ) {
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    return showSink(await this.sinks.revise(actor, id, version, given));
  }

  @Delete('rotation-sinks/:id')
  @Route({
    summary: 'Delivers there no more, and forgets what opens it; what stands there stays.',
    action: 'rotation.change',
    answers: { 204: null },
    records: ['rotation.sink-removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('rotationSink') }) id: Id<'rotationSink'>) {
    await this.sinks.remove(actor, id);
  }

  @Post('rotation-sinks/:id/check')
  @Route({
    summary: 'Looks what stands at a place, and writes nothing.',
    action: 'rotation.change',
    answers: { 200: sinkCheckSchema },
    records: 'none',
  })
  async check(@Param('id', { schema: idOf('rotationSink') }) id: Id<'rotationSink'>) {
    return showSinkCheck(await this.sinks.check(id));
  }
}
