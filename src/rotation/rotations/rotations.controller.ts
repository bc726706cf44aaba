import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../../platform/index.js';
import { newRotationBody, rotationChangeBody, rotationSchema, rotationsQuery, showRotation } from './rotations.dto.js';
import { Rotations } from './rotations.service.js';

@Controller('v1/rotations')
export class RotationsController {
  constructor(private readonly rotations: Rotations) {}

  @Get()
  @Route({
    summary: 'Lists what rotates.',
    action: 'rotation.read',
    answers: { 200: pageOf(rotationSchema) },
    records: 'none',
  })
  async list(@Query({ schema: rotationsQuery }) { limit, cursor, ...filter }: z.output<typeof rotationsQuery>) {
    const rows = await this.rotations.list(filter, decodeCursor(cursor, idOf('rotation')), limit);
    return pageFrom(rows, limit, ({ rotation }) => rotation.id, showRotation);
  }

  @Post()
  @Route({
    summary:
      'Has a credential of an identity be made anew from time to time, so that nobody who uses it is left behind.',
    action: 'rotation.change',
    answers: { 201: rotationSchema },
    records: ['rotation.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newRotationBody }) body: z.output<typeof newRotationBody>) {
    return showRotation(await this.rotations.create(actor, body));
  }

  @Get(':id')
  @Route({
    summary: 'Shows one that rotates, and its run where one is under way.',
    action: 'rotation.read',
    answers: { 200: rotationSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('rotation') }) id: Id<'rotation'>) {
    return showRotation(await this.rotations.get(id));
  }

  @Patch(':id')
  @Route({
    summary: 'Changes when it rotates and for whom it waits, or pauses it; whose credential it is stays.',
    action: 'rotation.change',
    answers: { 200: rotationSchema },
    records: ['rotation.changed'],
  })
  async revise(
    @By() actor: Actor,
    @Param('id', { schema: idOf('rotation') }) id: Id<'rotation'>,
    @IfMatch() version: number,
    @Body({ schema: rotationChangeBody }) body: z.output<typeof rotationChangeBody>,
  ) {
    const change = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    return showRotation(await this.rotations.revise(actor, id, version, change));
  }

  @Delete(':id')
  @Route({
    summary: 'Has it rotate no more; the credential that works goes on working.',
    action: 'rotation.change',
    answers: { 204: null },
    records: ['rotation.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('rotation') }) id: Id<'rotation'>) {
    await this.rotations.remove(actor, id);
  }
}
