import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../../platform/index.js';
import {
  emergenciesQuery,
  emergencyBody,
  emergencyRunSchema,
  emergencyRunsQuery,
  emergencySchema,
  hostsQuery,
  hostsSchema,
  previewBody,
  previewSchema,
  showEmergency,
  showEmergencyRun,
  showPreview,
} from './emergencies.dto.js';
import { RotationEmergencies } from './emergencies.service.js';

@Controller('v1/rotation-emergencies')
export class EmergenciesController {
  constructor(private readonly emergencies: RotationEmergencies) {}

  @Post('preview')
  @Route({
    summary: 'Says what an emergency would rotate, in which order, and what it cannot.',
    action: 'rotation.preview-emergency',
    answers: { 200: previewSchema },
    records: 'none',
  })
  async preview(@Body({ schema: previewBody }) { scope }: z.output<typeof previewBody>) {
    return showPreview(await this.emergencies.preview(scope));
  }

  @Post()
  @Route({
    summary: 'Rotates at once, in order and through freezes, everything that something touched.',
    action: 'rotation.emergency',
    answers: { 201: emergencySchema },
    records: ['rotation.emergency-started', 'rotation.started'],
  })
  async start(@By() actor: Actor, @Body({ schema: emergencyBody }) body: z.output<typeof emergencyBody>) {
    return showEmergency(await this.emergencies.start(actor, body.scope, body.reason));
  }

  @Get()
  @Route({
    summary: 'Lists emergencies and how far they have come, the newest first.',
    action: 'rotation.read',
    answers: { 200: pageOf(emergencySchema) },
    records: 'none',
  })
  async list(@Query({ schema: emergenciesQuery }) { cursor, limit }: z.output<typeof emergenciesQuery>) {
    const rows = await this.emergencies.list(decodeCursor(cursor, idOf('rotationEmergency')), limit);
    return pageFrom(rows, limit, ({ id }) => id, showEmergency);
  }

  @Get('hosts')
  @Route({
    summary: 'Lists how hosts are called that callers and consumers were seen at.',
    action: 'rotation.preview-emergency',
    answers: { 200: hostsSchema },
    records: 'none',
  })
  async hosts(@Query({ schema: hostsQuery }) { startsWith }: z.output<typeof hostsQuery>) {
    return { items: await this.emergencies.hosts(startsWith ?? '') };
  }

  @Get(':id')
  @Route({
    summary: 'Shows an emergency and how far it has come.',
    action: 'rotation.read',
    answers: { 200: emergencySchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('rotationEmergency') }) id: Id<'rotationEmergency'>) {
    return showEmergency(await this.emergencies.get(id));
  }

  @Get(':id/runs')
  @Route({
    summary: 'Lists the runs of an emergency in their order.',
    action: 'rotation.read',
    answers: { 200: pageOf(emergencyRunSchema) },
    records: 'none',
  })
  async runs(
    @Param('id', { schema: idOf('rotationEmergency') }) id: Id<'rotationEmergency'>,
    @Query({ schema: emergencyRunsQuery }) { cursor, limit }: z.output<typeof emergencyRunsQuery>,
  ) {
    const rows = await this.emergencies.runsOf(id, decodeCursor(cursor, z.int()) ?? 0, limit);
    return pageFrom(rows, limit, ({ place }) => place, showEmergencyRun);
  }
}
