import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { decodeCursor, Route } from '../../platform/index.js';
import {
  planPosition,
  planPreviewBody,
  planPreviewSchema,
  planQuery,
  planSchema,
  showOutlook,
  showPlan,
} from './plan.dto.js';
import { Plans } from './plan.service.js';

@Controller('v1/rotation-plan')
export class PlanController {
  constructor(private readonly plans: Plans) {}

  @Get()
  @Route({
    summary: 'Says what would rotate when, what is overdue, who would break, and what can never agree.',
    action: 'rotation.read',
    answers: { 200: planSchema },
    records: 'none',
  })
  async read(@Query({ schema: planQuery }) query: z.output<typeof planQuery>) {
    const { days, standing, rotationId, limit, cursor } = query;
    const plan =
      rotationId === undefined
        ? await this.plans.list(days, standing, decodeCursor(cursor, planPosition), limit)
        : await this.plans.one(days, rotationId);
    return showPlan(plan, limit);
  }

  @Post('preview')
  @Route({
    summary: 'Says when something would rotate by a schedule, before anybody sets it up.',
    action: 'rotation.preview',
    answers: { 200: planPreviewSchema },
    records: 'none',
  })
  async preview(@Body({ schema: planPreviewBody }) body: z.output<typeof planPreviewBody>) {
    return showOutlook(await this.plans.preview(body));
  }
}
