import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../platform/index.js';
import { newTrustBody, showTrust, trustChangeBody, trustSchema, trustsQuery } from './trusts.dto.js';
import { Trusts } from './trusts.service.js';

@Controller('v1/trusts')
export class TrustsController {
  constructor(private readonly trusts: Trusts) {}

  @Get()
  @Route({
    summary: 'Lists whose tokens may obtain credentials of which identities.',
    action: 'trust.read',
    answers: { 200: pageOf(trustSchema) },
    records: 'none',
  })
  async list(@Query({ schema: trustsQuery }) { cursor, ...filter }: z.output<typeof trustsQuery>) {
    const rows = await this.trusts.list({ ...filter, after: decodeCursor(cursor, idOf('trust')) });
    return pageFrom(rows, filter.limit, ({ id }) => id, showTrust);
  }

  @Post()
  @Route({
    summary: 'Lets tokens with this audience, subject, ids and condition obtain credentials of an identity.',
    action: 'trust.change',
    answers: { 201: trustSchema },
    records: ['trust.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newTrustBody }) body: z.output<typeof newTrustBody>) {
    const { condition = null, maxTtlSeconds = null, ...rest } = body;
    return showTrust(await this.trusts.create(actor, { ...rest, condition, maxTtlSeconds }));
  }

  @Get(':id')
  @Route({ summary: 'Shows a trust.', action: 'trust.read', answers: { 200: trustSchema }, records: 'none' })
  async read(@Param('id', { schema: idOf('trust') }) id: Id<'trust'>) {
    return showTrust(await this.trusts.get(id));
  }

  @Patch(':id')
  @Route({
    summary: 'Changes what a trust asks of a token, or pauses it; its identity and provider stay.',
    action: 'trust.change',
    answers: { 200: trustSchema },
    records: ['trust.changed'],
  })
  async revise(
    @By() actor: Actor,
    @Param('id', { schema: idOf('trust') }) id: Id<'trust'>,
    @IfMatch() version: number,
    @Body({ schema: trustChangeBody }) body: z.output<typeof trustChangeBody>,
  ) {
    return showTrust(await this.trusts.revise(actor, id, version, body));
  }

  @Delete(':id')
  @Route({
    summary: 'Removes a trust; nothing is issued by it from then on.',
    action: 'trust.change',
    answers: { 204: null },
    records: ['trust.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('trust') }) id: Id<'trust'>) {
    await this.trusts.remove(actor, id);
  }
}
