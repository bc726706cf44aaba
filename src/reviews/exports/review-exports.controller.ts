import { Body, Controller, Param, Post, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, idOf, Route } from '../../platform/index.js';
import { EXPORT_FORMATS, ReviewExports } from './review-exports.service.js';

const exportBody = z.strictObject({
  format: z.enum(EXPORT_FORMATS).meta({ description: 'A table, a package that proves itself offline, or a report.' }),
});

@Controller('v1/review-campaigns/:id/exports')
export class ReviewExportsController {
  constructor(private readonly exports: ReviewExports) {}

  @Post()
  @Route({
    summary:
      'Takes a review out of the house: a table, a report, or the package that `muster audit verify` checks offline.',
    action: 'campaign.export',
    answers: {
      200: {
        mediaType: 'application/octet-stream',
        describe: 'text/csv, application/pdf, or application/json, whose bytes are to be kept as they are.',
      },
    },
    records: ['campaign.exported'],
    secret: true,
  })
  async export(
    @By() actor: Actor,
    @Param('id', { schema: idOf('campaign') }) id: Id<'campaign'>,
    @Body({ schema: exportBody }) { format }: z.output<typeof exportBody>,
  ) {
    const { name, mediaType, content } = await this.exports.export(actor, id, format);
    return new StreamableFile(content, { type: mediaType, disposition: `attachment; filename="${name}"` });
  }
}
