import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import {
  By,
  decodeCursor,
  idOf,
  instant,
  instantInput,
  line,
  pageFrom,
  pageOf,
  pageQuery,
  Route,
  toInstant,
  toInstantOrNull,
} from '../platform/index.js';
import { Delegations } from './delegations.service.js';
import type { Delegation } from './domain/delegation.js';

const delegationsQuery = z.strictObject(pageQuery);
const delegationBody = z
  .strictObject({ toId: idOf('person'), until: instantInput, reason: line(500) })
  .meta({ id: 'NewDelegation' });
const delegationSchema = z
  .strictObject({
    id: idOf('delegation'),
    fromId: idOf('person'),
    toId: idOf('person'),
    reason: z.string(),
    createdAt: instant,
    until: instant,
    endedAt: instant.nullable(),
    endedBy: idOf('person').nullable(),
  })
  .meta({ id: 'Delegation' });

@Controller('v1/delegations')
export class DelegationsController {
  constructor(private readonly delegations: Delegations) {}

  @Get()
  @Route({
    summary: 'Lists delegations from and to the caller, the newest first; everybody’s for administrators and auditors.',
    action: 'delegation.read',
    answers: { 200: pageOf(delegationSchema) },
    records: 'none',
  })
  async list(@By() actor: Actor, @Query({ schema: delegationsQuery }) query: z.output<typeof delegationsQuery>) {
    const rows = await this.delegations.list(actor, decodeCursor(query.cursor, idOf('delegation')), query.limit);
    return pageFrom(rows, query.limit, ({ id }) => id, show);
  }

  @Post()
  @Route({
    summary: 'Lets somebody answer in the caller’s place for at most 30 days, where the caller is asked by name.',
    action: 'delegation.change',
    answers: { 201: delegationSchema },
    records: ['delegation.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: delegationBody }) body: z.output<typeof delegationBody>) {
    return show(await this.delegations.create(actor, body.toId, body.until, body.reason));
  }

  @Post(':id/end')
  @Route({
    summary: 'Ends a delegation from or to the caller before its time.',
    action: 'delegation.change',
    answers: { 200: delegationSchema },
    records: ['delegation.ended'],
  })
  async end(@By() actor: Actor, @Param('id', { schema: idOf('delegation') }) id: Id<'delegation'>) {
    return show(await this.delegations.end(actor, id));
  }
}

function show(one: Delegation): z.input<typeof delegationSchema> {
  return {
    id: one.id,
    fromId: one.fromId,
    toId: one.toId,
    reason: one.reason,
    createdAt: toInstant(one.createdAt),
    until: toInstant(one.until),
    endedAt: toInstantOrNull(one.endedAt),
    endedBy: one.endedBy,
  };
}
