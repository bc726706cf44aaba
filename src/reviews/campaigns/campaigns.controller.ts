import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, type Id, meIn } from '../../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../../platform/index.js';
import {
  campaignChangeBody,
  campaignSchema,
  campaignsQuery,
  cancellationBody,
  newCampaignBody,
  previewBody,
  previewSchema,
  reviewerPosition,
  reviewerProgressSchema,
  reviewersQuery,
  showCampaign,
  showPreview,
  showReviewer,
} from './campaigns.dto.js';
import { Campaigns } from './campaigns.service.js';

@Controller('v1/review-campaigns')
export class CampaignsController {
  constructor(private readonly campaigns: Campaigns) {}

  @Post('preview')
  @Route({
    summary: 'Shows what a review of a scope would hold now, and who would decide.',
    action: 'campaign.preview',
    answers: { 200: previewSchema },
    records: 'none',
  })
  async preview(@Body({ schema: previewBody }) { scope }: z.output<typeof previewBody>) {
    return showPreview(await this.campaigns.preview(scope));
  }

  @Post()
  @Route({
    summary: 'Begins a review; what it is about is frozen within moments, and its state is open from then on.',
    action: 'campaign.create',
    answers: { 201: campaignSchema },
    records: ['campaign.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newCampaignBody }) body: z.output<typeof newCampaignBody>) {
    return showCampaign(await this.campaigns.create(actor, body));
  }

  @Get()
  @Route({
    summary: 'Lists review campaigns, the newest first.',
    action: 'campaign.read',
    answers: { 200: pageOf(campaignSchema) },
    records: 'none',
  })
  async list(
    @By() actor: Actor,
    @Query({ schema: campaignsQuery }) { limit, cursor, state, ownerId }: z.output<typeof campaignsQuery>,
  ) {
    const filter = { state, ownerId: ownerId === 'me' ? meIn(actor) : ownerId };
    const rows = await this.campaigns.list(filter, decodeCursor(cursor, idOf('campaign')), limit);
    return pageFrom(rows, limit, ({ campaign }) => campaign.id, showCampaign);
  }

  @Get(':id')
  @Route({
    summary: 'Shows a review campaign, and how far it is.',
    action: 'campaign.read',
    answers: { 200: campaignSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('campaign') }) id: Id<'campaign'>) {
    return showCampaign(await this.campaigns.get(id));
  }

  @Get(':id/custodians')
  @Route({
    summary: 'Shows how far each reviewer is, those with most left to do first.',
    action: 'campaign.read',
    answers: { 200: pageOf(reviewerProgressSchema) },
    records: 'none',
  })
  async custodians(
    @Param('id', { schema: idOf('campaign') }) id: Id<'campaign'>,
    @Query({ schema: reviewersQuery }) { limit, cursor }: z.output<typeof reviewersQuery>,
  ) {
    const rows = await this.campaigns.reviewers(id, decodeCursor(cursor, reviewerPosition), limit);
    return pageFrom(rows, limit, ({ open, staged, reviewerId }) => [open + staged, reviewerId ?? ''], showReviewer);
  }

  @Patch(':id')
  @Route({
    summary:
      'Changes the name of a review, who runs and who acknowledges it, and by when it is due, which becomes later.',
    action: 'campaign.change',
    answers: { 200: campaignSchema },
    records: ['campaign.changed'],
  })
  async change(
    @By() actor: Actor,
    @Param('id', { schema: idOf('campaign') }) id: Id<'campaign'>,
    @IfMatch() version: number,
    @Body({ schema: campaignChangeBody }) body: z.output<typeof campaignChangeBody>,
  ) {
    return showCampaign(await this.campaigns.change(actor, id, version, body));
  }

  @Post(':id/cancellation')
  @Route({
    summary: 'Ends a review that is not to be finished: what was submitted stands.',
    action: 'campaign.cancel',
    answers: { 200: campaignSchema },
    records: ['campaign.cancelled'],
  })
  async cancel(
    @By() actor: Actor,
    @Param('id', { schema: idOf('campaign') }) id: Id<'campaign'>,
    @Body({ schema: cancellationBody }) { reason }: z.output<typeof cancellationBody>,
  ) {
    return showCampaign(await this.campaigns.cancel(actor, id, reason));
  }
}
