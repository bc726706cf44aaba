import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, idOf, Route } from '../../platform/index.js';
import { showPreview, showSubmission, submissionBody, submissionPreviewSchema, submissionSchema } from './items.dto.js';
import { Submissions } from './submissions.service.js';

@Controller('v1/review-campaigns/:id')
export class SubmissionsController {
  constructor(private readonly submissions: Submissions) {}

  @Get('submission')
  @Route({
    summary: 'Shows what the caller would sign in a review now, and what it would do.',
    action: 'review.read',
    answers: { 200: submissionPreviewSchema },
    records: 'none',
  })
  async preview(@By() actor: Actor, @Param('id', { schema: idOf('campaign') }) id: Id<'campaign'>) {
    return showPreview(await this.submissions.preview(actor, id));
  }

  @Post('submissions')
  @Route({
    summary: 'Submits the caller’s decisions, exactly as they were shown: they are final, and are carried out.',
    action: 'review.submit',
    answers: { 201: submissionSchema },
    records: ['review.submitted'],
  })
  async submit(
    @By() actor: Actor,
    @Param('id', { schema: idOf('campaign') }) id: Id<'campaign'>,
    @Body({ schema: submissionBody }) body: z.output<typeof submissionBody>,
  ) {
    return showSubmission(await this.submissions.submit(actor, id, body));
  }
}
