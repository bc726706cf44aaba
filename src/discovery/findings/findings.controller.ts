import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, type Id, meIn } from '../../kernel/index.js';
import { By, decodeCursor, encodeCursor, idOf, pageFrom, pageOf, Route, SystemClock } from '../../platform/index.js';
import { Adoptions } from './adoptions.service.js';
import type { FindingState } from './domain/finding.js';
import {
  adoptionBody,
  assignmentBody,
  commentBody,
  dismissalBody,
  draftSchema,
  eventSchema,
  eventsQuery,
  facetsQuery,
  facetsSchema,
  findingRowSchema,
  findingSchema,
  findingsQuery,
  mergeBody,
  placeSchema,
  placesQuery,
  plannedRetirementSchema,
  reasonBody,
  retiredSchema,
  showDraft,
  showEvent,
  showFacets,
  showFinding,
  showPlace,
  showPlanned,
  showRetired,
  showRow,
  showTrends,
  trendsQuery,
  trendsSchema,
} from './findings.dto.js';
import { Findings } from './findings.service.js';
import type { QueueFilter } from './queue.repository.js';
import { Retirements } from './retirements.service.js';

const position = z.tuple([z.string().max(64), idOf('finding')]);
const ANY: readonly FindingState[] = ['open', 'retiring', 'dismissed', 'settled', 'closed'];
const WAITING: readonly FindingState[] = ['open', 'retiring'];

@Controller('v1/findings')
export class FindingsController {
  constructor(
    private readonly findings: Findings,
    private readonly adoptions: Adoptions,
    private readonly retirements: Retirements,
    private readonly clock: SystemClock,
  ) {}

  @Get()
  @Route({
    summary: 'Lists what was found, what is due first coming first.',
    action: 'finding.read',
    answers: { 200: pageOf(findingRowSchema) },
    records: 'none',
  })
  async list(@By() actor: Actor, @Query({ schema: findingsQuery }) query: z.output<typeof findingsQuery>) {
    const { limit, cursor, ...wanted } = query;
    const rows = await this.findings.list(this.filterOf(actor, wanted), decodeCursor(cursor, position), limit);
    return pageFrom(rows, limit, ({ position: at }) => [...at], showRow);
  }

  @Get('facets')
  @Route({
    summary: 'Counts what was found, by what it is and who has it.',
    action: 'finding.read',
    answers: { 200: facetsSchema },
    records: 'none',
  })
  async facets(@By() actor: Actor, @Query({ schema: facetsQuery }) wanted: z.output<typeof facetsQuery>) {
    return showFacets(await this.findings.facets(this.filterOf(actor, wanted)));
  }

  @Get('trends')
  @Route({
    summary: 'Counts by week what was found and what came to its end, and what waits by how long.',
    action: 'finding.read',
    answers: { 200: trendsSchema },
    records: 'none',
  })
  async trends(@Query({ schema: trendsQuery }) { weeks }: z.output<typeof trendsQuery>) {
    return showTrends(await this.findings.trends(weeks));
  }

  @Get(':id')
  @Route({
    summary: 'Shows a finding, what it is and why.',
    action: 'finding.read',
    answers: { 200: findingSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('finding') }) id: Id<'finding'>) {
    return showFinding(await this.findings.get(id));
  }

  @Get(':id/places')
  @Route({
    summary: 'Lists where a finding stands, and where it stood.',
    action: 'finding.read',
    answers: { 200: pageOf(placeSchema) },
    records: 'none',
  })
  async places(
    @Param('id', { schema: idOf('finding') }) id: Id<'finding'>,
    @Query({ schema: placesQuery }) { limit, cursor }: z.output<typeof placesQuery>,
  ) {
    const offset = decodeCursor(cursor, z.int().min(0)) ?? 0;
    const rows = await this.findings.placesOf(id, offset, limit);
    const nextCursor = rows.length > limit ? encodeCursor(offset + limit) : null;
    return { items: rows.slice(0, limit).map(showPlace), nextCursor };
  }

  @Get(':id/events')
  @Route({
    summary: 'Lists what was said and done about a finding, the newest first.',
    action: 'finding.read',
    answers: { 200: pageOf(eventSchema) },
    records: 'none',
  })
  async events(
    @Param('id', { schema: idOf('finding') }) id: Id<'finding'>,
    @Query({ schema: eventsQuery }) { limit, cursor }: z.output<typeof eventsQuery>,
  ) {
    const rows = await this.findings.eventsOf(id, decodeCursor(cursor, z.int()), limit);
    return pageFrom(rows, limit, ({ number }) => number, showEvent);
  }

  @Post(':id/assignment')
  @Route({
    summary: 'Gives a finding to somebody, or to nobody.',
    action: 'finding.work',
    answers: { 200: findingSchema },
    records: ['finding.assigned'],
  })
  async assign(
    @By() actor: Actor,
    @Param('id', { schema: idOf('finding') }) id: Id<'finding'>,
    @Body({ schema: assignmentBody }) { personId }: z.output<typeof assignmentBody>,
  ) {
    return showFinding(await this.findings.assign(actor, id, personId));
  }

  @Post(':id/comments')
  @Route({
    summary: 'Says something about a finding.',
    action: 'finding.work',
    answers: { 200: findingSchema },
    records: ['finding.commented'],
  })
  async comment(
    @By() actor: Actor,
    @Param('id', { schema: idOf('finding') }) id: Id<'finding'>,
    @Body({ schema: commentBody }) { words }: z.output<typeof commentBody>,
  ) {
    return showFinding(await this.findings.comment(actor, id, words));
  }

  @Post(':id/dismissal')
  @Route({
    summary: 'Says why nothing is done about a finding until a day.',
    action: 'finding.decide',
    answers: { 200: findingSchema },
    records: ['finding.dismissed'],
  })
  async dismiss(
    @By() actor: Actor,
    @Param('id', { schema: idOf('finding') }) id: Id<'finding'>,
    @Body({ schema: dismissalBody }) { reason, until }: z.output<typeof dismissalBody>,
  ) {
    return showFinding(await this.findings.dismiss(actor, id, reason, until));
  }

  @Post(':id/reopening')
  @Route({
    summary: 'Opens again what was dismissed or is being retired.',
    action: 'finding.decide',
    answers: { 200: findingSchema },
    records: ['finding.reopened'],
  })
  async reopen(
    @By() actor: Actor,
    @Param('id', { schema: idOf('finding') }) id: Id<'finding'>,
    @Body({ schema: reasonBody }) { reason }: z.output<typeof reasonBody>,
  ) {
    return showFinding(await this.findings.reopen(actor, id, reason));
  }

  @Post(':id/merge')
  @Route({
    summary: 'Says that a finding is one with another.',
    action: 'finding.decide',
    answers: { 200: findingSchema },
    records: ['finding.merged'],
  })
  async merge(
    @By() actor: Actor,
    @Param('id', { schema: idOf('finding') }) id: Id<'finding'>,
    @Body({ schema: mergeBody }) { intoId, reason }: z.output<typeof mergeBody>,
  ) {
    return showFinding(await this.findings.merge(actor, id, intoId, reason));
  }

  @Post(':id/split')
  @Route({
    summary: 'Takes a merge back.',
    action: 'finding.decide',
    answers: { 200: findingSchema },
    records: ['finding.split'],
  })
  async split(
    @By() actor: Actor,
    @Param('id', { schema: idOf('finding') }) id: Id<'finding'>,
    @Body({ schema: reasonBody }) { reason }: z.output<typeof reasonBody>,
  ) {
    return showFinding(await this.findings.split(actor, id, reason));
  }

  @Get(':id/draft')
  @Route({
    summary: 'Says what a registration of what was found would be, and who may answer for it.',
    action: 'finding.read',
    answers: { 200: draftSchema },
    records: 'none',
  })
  async draft(@Param('id', { schema: idOf('finding') }) id: Id<'finding'>) {
    return showDraft(await this.adoptions.draft(id));
  }

  @Post(':id/adoption')
  @Route({
    summary: 'Links a finding to the identity whose it is: its names, and its key where it is one.',
    action: 'finding.decide',
    answers: { 200: findingSchema },
    records: ['finding.adopted', 'alias.added', 'key.registered'],
  })
  async adopt(
    @By() actor: Actor,
    @Param('id', { schema: idOf('finding') }) id: Id<'finding'>,
    @Body({ schema: adoptionBody }) { identityId }: z.output<typeof adoptionBody>,
  ) {
    return showFinding(await this.adoptions.adopt(actor, id, identityId));
  }

  @Get(':id/retirement')
  @Route({
    summary: 'Says how a finding would be retired, or is being, and what is left to people.',
    action: 'finding.read',
    answers: { 200: plannedRetirementSchema },
    records: 'none',
  })
  async plan(@Param('id', { schema: idOf('finding') }) id: Id<'finding'>) {
    return showPlanned(await this.retirements.plan(id));
  }

  @Post(':id/retirement')
  @Route({
    summary: 'Has what was found open nothing any more, or says how people do that.',
    action: 'finding.retire',
    answers: { 200: retiredSchema },
    records: ['finding.retired', 'certificate.revoked', 'rotation.started', 'target.applied'],
  })
  async retire(
    @By() actor: Actor,
    @Param('id', { schema: idOf('finding') }) id: Id<'finding'>,
    @Body({ schema: reasonBody }) { reason }: z.output<typeof reasonBody>,
  ) {
    return showRetired(await this.retirements.retire(actor, id, reason));
  }

  private filterOf(
    actor: Actor,
    { state, assigneeId, overdue, age, q, ...filter }: z.output<typeof facetsQuery>,
  ): QueueFilter {
    const at = this.clock.now();
    return {
      ...filter,
      at,
      age,
      words: q?.split(/\s+/).filter((word) => word !== ''),
      states: state === 'any' ? ANY : state === 'waiting' ? WAITING : [state],
      assigneeId: assigneeId === 'me' ? meIn(actor) : assigneeId === 'nobody' ? null : assigneeId,
      ...(overdue !== undefined && { dueBefore: at }),
    };
  }
}
