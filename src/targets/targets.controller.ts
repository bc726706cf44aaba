import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../platform/index.js';
import {
  checkSchema,
  newTargetBody,
  showCheck,
  showTarget,
  targetChangeBody,
  targetSchema,
  targetsQuery,
} from './targets.dto.js';
import { Targets } from './targets.service.js';

@Controller('v1/targets')
export class TargetsController {
  constructor(private readonly targets: Targets) {}

  @Get()
  @Route({
    summary: 'Lists the systems where identities have accounts that Muster can look at and change.',
    action: 'target.read',
    answers: { 200: pageOf(targetSchema) },
    records: 'none',
  })
  async list(@Query({ schema: targetsQuery }) { limit, cursor }: z.output<typeof targetsQuery>) {
    const rows = await this.targets.list(decodeCursor(cursor, idOf('target')), limit);
    return pageFrom(rows, limit, ({ id }) => id, showTarget);
  }

  @Post()
  @Route({
    summary: 'Registers a system, and how to get into it.',
    action: 'target.change',
    answers: { 201: targetSchema },
    records: ['target.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newTargetBody }) body: z.output<typeof newTargetBody>) {
    const { caCertificates = null, privateNetwork = null, ...rest } = body;
    return showTarget(await this.targets.create(actor, { ...rest, caCertificates, privateNetwork }));
  }

  @Get(':id')
  @Route({ summary: 'Shows a system.', action: 'target.read', answers: { 200: targetSchema }, records: 'none' })
  async read(@Param('id', { schema: idOf('target') }) id: Id<'target'>) {
    return showTarget(await this.targets.get(id));
  }

  @Patch(':id')
  @Route({
    summary: 'Changes a system or the way into it, or disables it; its kind stays.',
    action: 'target.change',
    answers: { 200: targetSchema },
    records: ['target.changed'],
  })
  async revise(
    @By() actor: Actor,
    @Param('id', { schema: idOf('target') }) id: Id<'target'>,
    @IfMatch() version: number,
    @Body({ schema: targetChangeBody }) body: z.output<typeof targetChangeBody>,
  ) {
    return showTarget(await this.targets.revise(actor, id, version, body));
  }

  @Delete(':id')
  @Route({
    summary: 'Removes a system on which nobody has an account any more.',
    action: 'target.change',
    answers: { 204: null },
    records: ['target.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('target') }) id: Id<'target'>) {
    await this.targets.remove(actor, id);
  }

  @Post(':id/check')
  @Route({
    summary: 'Looks whether Muster gets in, and what it may do there.',
    action: 'target.check',
    answers: { 200: checkSchema },
    records: 'none',
  })
  async check(@Param('id', { schema: idOf('target') }) id: Id<'target'>) {
    return showCheck(await this.targets.check(id));
  }
}
