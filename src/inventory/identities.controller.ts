import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../platform/index.js';
import {
  handOverBody,
  identityChangeBody,
  identitySchema,
  newIdentityBody,
  reasonBody,
  showIdentity,
} from './identities.dto.js';
import { Identities } from './identities.service.js';
import {
  facetsQuery,
  facetsSchema,
  filterOf,
  identitiesQuery,
  identityPageSchema,
  listPosition,
  showFacets,
  showIdentityPage,
} from './search/search.dto.js';
import { IdentitySearch } from './search/search.service.js';
import { reachSchema, showReach } from './reach/reach.dto.js';
import { Reach } from './reach/reach.service.js';
import {
  encodedPosition,
  showTimelineEntry,
  timelineEntrySchema,
  timelinePosition,
  timelineQuery,
} from './timeline/timeline.dto.js';
import { Timeline } from './timeline/timeline.service.js';

@Controller('v1/identities')
export class IdentitiesController {
  constructor(
    private readonly identities: Identities,
    private readonly search: IdentitySearch,
    private readonly timeline: Timeline,
    private readonly reach: Reach,
  ) {}

  @Get()
  @Route({
    summary: 'Lists machine identities by words, filters and order.',
    action: 'identity.read',
    answers: { 200: identityPageSchema },
    records: 'none',
  })
  async list(@By() actor: Actor, @Query({ schema: identitiesQuery }) query: z.output<typeof identitiesQuery>) {
    const { limit, cursor, sort, ...filters } = query;
    const after = decodeCursor(cursor, listPosition);
    return showIdentityPage(await this.search.list({ filter: filterOf(filters, actor), sort, after, limit }));
  }

  @Get('facets')
  @Route({
    summary: 'Counts machine identities by status, kind, environment, team, criticality and data class.',
    action: 'identity.read',
    answers: { 200: facetsSchema },
    records: 'none',
  })
  async facets(@By() actor: Actor, @Query({ schema: facetsQuery }) query: z.output<typeof facetsQuery>) {
    return showFacets(await this.search.facets(filterOf(query, actor)));
  }

  @Post()
  @Route({
    summary: 'Registers a machine identity; privileged and order-entry ones wait for somebody else’s approval.',
    action: 'identity.register',
    answers: { 201: identitySchema },
    records: ['identity.registered', 'approval.requested'],
  })
  async register(@By() actor: Actor, @Body({ schema: newIdentityBody }) body: z.output<typeof newIdentityBody>) {
    return showIdentity(await this.identities.register(actor, body));
  }

  @Get(':id')
  @Route({
    summary: 'Shows an identity, and what it may be given now.',
    action: 'identity.read',
    answers: { 200: identitySchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('identity') }) id: Id<'identity'>) {
    return showIdentity(await this.identities.get(id));
  }

  @Get(':id/timeline')
  @Route({
    summary: 'Lists what happened to an identity and what it did, newest first, from the log.',
    action: 'identity.read',
    answers: { 200: pageOf(timelineEntrySchema) },
    records: 'none',
  })
  async history(
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @Query({ schema: timelineQuery }) { limit, cursor }: z.output<typeof timelineQuery>,
  ) {
    const entries = await this.timeline.list(id, decodeCursor(cursor, timelinePosition), limit);
    return pageFrom(entries, limit, encodedPosition, showTimelineEntry);
  }

  @Get(':id/reach')
  @Route({
    summary: 'Shows what an identity reaches and what could become it, as a graph of at most 200 nodes.',
    action: 'identity.read',
    answers: { 200: reachSchema },
    records: ['ledger.read'],
  })
  async around(@By() actor: Actor, @Param('id', { schema: idOf('identity') }) id: Id<'identity'>) {
    return showReach(await this.reach.of(actor, id));
  }

  @Patch(':id')
  @Route({
    summary:
      'Changes what is known of an identity; raising its privilege or adding order entry needs an approval first.',
    action: 'identity.change',
    answers: { 200: identitySchema },
    records: ['identity.changed', 'approval.cancelled', 'approval.requested'],
  })
  async change(
    @By() actor: Actor,
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @IfMatch() version: number,
    @Body({ schema: identityChangeBody }) body: z.output<typeof identityChangeBody>,
  ) {
    return showIdentity(await this.identities.change(actor, id, version, body));
  }

  @Post(':id/activation')
  @Route({
    summary: 'Lets a pending identity work, taking the approval it needs; asks for one where none is open.',
    action: 'identity.activate',
    answers: { 200: identitySchema },
    records: ['identity.activated'],
  })
  async activate(@By() actor: Actor, @Param('id', { schema: idOf('identity') }) id: Id<'identity'>) {
    return showIdentity(await this.identities.activate(actor, id));
  }

  @Post(':id/suspension')
  @Route({
    summary: 'Stops an active identity for now.',
    action: 'identity.suspend',
    answers: { 200: identitySchema },
    records: ['identity.suspended'],
  })
  async suspend(
    @By() actor: Actor,
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @Body({ schema: reasonBody }) { reason }: z.output<typeof reasonBody>,
  ) {
    return showIdentity(await this.identities.suspend(actor, id, reason));
  }

  @Post(':id/resumption')
  @Route({
    summary: 'Lets a suspended identity work again.',
    action: 'identity.resume',
    answers: { 200: identitySchema },
    records: ['identity.resumed'],
  })
  async resume(
    @By() actor: Actor,
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @Body({ schema: reasonBody }) { reason }: z.output<typeof reasonBody>,
  ) {
    return showIdentity(await this.identities.resume(actor, id, reason));
  }

  @Post(':id/retirement')
  @Route({
    summary: 'Ends an identity and its credentials for good; its names stay taken.',
    action: 'identity.retire',
    answers: { 200: identitySchema },
    records: ['identity.retired', 'approval.cancelled'],
  })
  async retire(
    @By() actor: Actor,
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @Body({ schema: reasonBody }) { reason }: z.output<typeof reasonBody>,
  ) {
    return showIdentity(await this.identities.retire(actor, id, reason));
  }

  @Post(':id/hand-over')
  @Route({
    summary: 'Names both custodians anew, which stops a running hand-over clock.',
    action: 'identity.hand-over',
    answers: { 200: identitySchema },
    records: ['identity.handed-over', 'approval.cancelled', 'approval.requested'],
  })
  async handOver(
    @By() actor: Actor,
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @Body({ schema: handOverBody }) body: z.output<typeof handOverBody>,
  ) {
    return showIdentity(await this.identities.handOver(actor, id, body));
  }
}
