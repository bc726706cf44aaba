import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, idOf, Route } from '../../platform/index.js';
import {
  acknowledgementBody,
  consumerSchema,
  forgetBody,
  secretQuery,
  secretSchema,
  showConsumer,
  showSecret,
  versionSchema,
} from './consumers.dto.js';
import { Consumers } from './consumers.service.js';
import { ForgottenConsumers } from './forgotten-consumers.service.js';

@Controller('v1/rotations/:id')
export class ConsumersController {
  constructor(
    private readonly consumers: Consumers,
    private readonly forgotten: ForgottenConsumers,
  ) {}

  @Get('secret')
  @Route({
    summary: 'Reads the newest secret out to the identity that it rotates for.',
    action: 'rotation.fetch',
    listener: 'mutual',
    answers: { 200: secretSchema },
    records: ['rotation.secret-read', 'rotation.consumer-returned'],
    secret: true,
  })
  async fetch(
    @By() actor: Actor,
    @Param('id', { schema: idOf('rotation') }) id: Id<'rotation'>,
    @Query({ schema: secretQuery }) { instance }: z.output<typeof secretQuery>,
  ) {
    return showSecret(await this.consumers.fetch(actor, id, instance));
  }

  @Get('version')
  @Route({
    summary: 'Says which version is the newest, without reading it out: ask often.',
    action: 'rotation.fetch',
    listener: 'mutual',
    answers: { 200: versionSchema },
    records: ['rotation.consumer-returned'],
  })
  version(
    @By() actor: Actor,
    @Param('id', { schema: idOf('rotation') }) id: Id<'rotation'>,
    @Query({ schema: secretQuery }) { instance }: z.output<typeof secretQuery>,
  ) {
    return this.consumers.version(actor, id, instance);
  }

  @Post('acknowledgements')
  @Route({
    summary: 'Says which version a consumer uses now.',
    action: 'rotation.fetch',
    listener: 'mutual',
    answers: { 204: null },
    records: ['rotation.consumer-returned'],
  })
  async acknowledge(
    @By() actor: Actor,
    @Param('id', { schema: idOf('rotation') }) id: Id<'rotation'>,
    @Body({ schema: acknowledgementBody }) { version, instance }: z.output<typeof acknowledgementBody>,
  ) {
    await this.consumers.acknowledge(actor, id, version, instance);
  }

  @Post('forgotten-consumers')
  @Route({
    summary: 'Says of a consumer that it is gone for good: nobody waits for it, until it is seen again. By two people.',
    action: 'rotation.forget',
    answers: { 201: consumerSchema },
    records: ['approval.requested', 'rotation.consumer-forgotten'],
  })
  async forget(
    @By() actor: Actor,
    @Param('id', { schema: idOf('rotation') }) id: Id<'rotation'>,
    @Body({ schema: forgetBody }) { consumer, reason }: z.output<typeof forgetBody>,
  ) {
    return showConsumer(await this.forgotten.forget(actor, id, consumer, reason));
  }
}
