import { Controller, Get, Param } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { idOf, Route } from '../../platform/index.js';
import { overviewSchema, postureSchema, showOverview, showPosture } from './posture.dto.js';
import { Postures } from './posture.service.js';

@Controller('v1/findings')
export class PostureController {
  constructor(private readonly postures: Postures) {}

  @Get('posture')
  @Route({
    summary:
      'Says what is wrong with what was found and with what is registered, by the OWASP Non-Human Identities Top 10.',
    action: 'finding.read',
    answers: { 200: overviewSchema },
    records: 'none',
  })
  async overview() {
    return showOverview(await this.postures.overview());
  }

  @Get(':id/posture')
  @Route({
    summary:
      'Says what is wrong with a finding beyond whose it is, how that is put right, and which rights would be enough.',
    action: 'finding.read',
    answers: { 200: postureSchema },
    records: 'none',
  })
  async look(@Param('id', { schema: idOf('finding') }) id: Id<'finding'>) {
    return showPosture(await this.postures.look(id));
  }
}
