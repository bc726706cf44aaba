import { Body, Controller, Post } from '@nestjs/common';
import type { z } from 'zod';
import { Route } from '../../platform/index.js';
import { askedOf, resolutionsBody, resolutionsSchema, showResolved } from './resolutions.dto.js';
import { Resolutions } from './resolutions.service.js';

@Controller('v1/resolutions')
export class ResolutionsController {
  constructor(private readonly resolutions: Resolutions) {}

  @Post()
  @Route({
    summary: 'Says whose credentials are that were found elsewhere, by their digests and names; none of it is kept.',
    action: 'finding.resolve',
    answers: { 200: resolutionsSchema },
    records: 'none',
  })
  async resolve(@Body({ schema: resolutionsBody }) body: z.output<typeof resolutionsBody>) {
    return showResolved(await this.resolutions.resolveAll(askedOf(body)));
  }
}
