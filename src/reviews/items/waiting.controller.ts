import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../../kernel/index.js';
import { By, Route } from '../../platform/index.js';
import { showWaiting, waitingSchema } from './items.dto.js';
import { Items } from './items.service.js';

@Controller('v1/review-queue')
export class WaitingController {
  constructor(private readonly items: Items) {}

  @Get()
  @Route({
    summary: 'Shows what of each open review is the caller’s to decide, and how far they are; what is due first leads.',
    action: 'review.read',
    answers: { 200: z.strictObject({ items: z.array(waitingSchema) }) },
    records: 'none',
  })
  async read(@By() actor: Actor) {
    return { items: (await this.items.waiting(actor)).map(showWaiting) };
  }
}
