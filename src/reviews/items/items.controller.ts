import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, type Id, meIn } from '../../kernel/index.js';
import {
  By,
  decodeCursor,
  encodeCursor,
  idOf,
  IfMatchWhereSent,
  pageFrom,
  pageOf,
  Route,
} from '../../platform/index.js';
import { Decisions } from './decisions.service.js';
import {
  decisionBody,
  itemPosition,
  itemQuery,
  itemSchema,
  itemsQuery,
  keepsBody,
  listedItemSchema,
  showItem,
  showListed,
} from './items.dto.js';
import { Items } from './items.service.js';

@Controller('v1/review-items')
export class ItemsController {
  constructor(
    private readonly items: Items,
    private readonly decisions: Decisions,
  ) {}

  @Get()
  @Route({
    summary: 'Lists what is reviewed, of a campaign, of an identity, or what is somebody’s to decide.',
    action: 'review.read',
    answers: { 200: pageOf(listedItemSchema) },
    records: 'none',
  })
  async list(@By() actor: Actor, @Query({ schema: itemsQuery }) query: z.output<typeof itemsQuery>) {
    const { limit, cursor, reviewer, ...filter } = query;
    const wanted = { ...filter, reviewer: reviewer === 'me' ? meIn(actor) : reviewer };
    const { rows, stopped } = await this.items.list(actor, wanted, decodeCursor(cursor, itemPosition), limit);
    const page = pageFrom(rows, limit, ({ position }) => [...position], showListed);
    return stopped ? { ...page, nextCursor: page.nextCursor ?? encodeCursor([...stopped]) } : page;
  }

  @Get(':id')
  @Route({
    summary: 'Shows an item with its evidence, and notes that whoever decides about it has looked.',
    action: 'review.read',
    answers: { 200: itemSchema },
    records: 'none',
  })
  async read(
    @By() actor: Actor,
    @Param('id', { schema: idOf('reviewItem') }) id: Id<'reviewItem'>,
    @Query({ schema: itemQuery }) { ahead }: z.output<typeof itemQuery>,
  ) {
    return showItem(await this.items.open(actor, id, ahead === 'true'));
  }

  @Put(':id/decision')
  @Route({
    summary: 'Notes a decision, which can be undone until it is submitted.',
    action: 'review.decide',
    answers: { 200: listedItemSchema },
    records: 'none',
  })
  async decide(
    @By() actor: Actor,
    @Param('id', { schema: idOf('reviewItem') }) id: Id<'reviewItem'>,
    @IfMatchWhereSent() version: number | undefined,
    @Body({ schema: decisionBody }) { decision: kind, ...rest }: z.output<typeof decisionBody>,
  ) {
    return showListed(await this.decisions.stage(actor, id, { kind, ...rest }, version));
  }

  @Delete(':id/decision')
  @Route({
    summary: 'Takes a noted decision back.',
    action: 'review.decide',
    answers: { 200: listedItemSchema },
    records: 'none',
  })
  async undo(
    @By() actor: Actor,
    @Param('id', { schema: idOf('reviewItem') }) id: Id<'reviewItem'>,
    @IfMatchWhereSent() version: number | undefined,
  ) {
    return showListed(await this.decisions.undo(actor, id, version));
  }

  @Post('keeps')
  @Route({
    summary: 'Notes that several are kept, each of which the caller has read.',
    action: 'review.decide',
    answers: { 200: z.strictObject({ items: z.array(listedItemSchema) }) },
    records: 'none',
  })
  async keep(@By() actor: Actor, @Body({ schema: keepsBody }) { itemIds, reason }: z.output<typeof keepsBody>) {
    return { items: (await this.decisions.keepAll(actor, itemIds, reason)).map(showListed) };
  }
}
