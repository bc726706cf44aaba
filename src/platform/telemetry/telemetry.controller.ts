import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RequestError, Route } from '../http/index.js';
import { Health } from './health.js';
import { MetricsAccess } from './metrics-access.js';
import { Metrics } from './metrics.js';

const live = z.strictObject({ status: z.literal('up') }).meta({ id: 'Liveness' });
const ready = z
  .strictObject({ status: z.literal('ready'), checks: z.record(z.string(), z.enum(['up', 'down'])) })
  .meta({ id: 'Readiness' });

@Controller()
export class TelemetryController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
    private readonly access: MetricsAccess,
  ) {}

  @Get('health/live')
  @Route({ summary: 'The process runs', action: 'public', listener: 'both', answers: { 200: live }, records: 'none' })
  live(): z.output<typeof live> {
    return { status: 'up' };
  }

  @Get('health/ready')
  @Route({
    summary: 'Requests can be served; 503 `not_ready` names the parts that are down',
    action: 'public',
    listener: 'both',
    answers: { 200: ready },
    records: 'none',
  })
  async ready(): Promise<z.output<typeof ready>> {
    return { status: 'ready', checks: await this.health.ready() };
  }

  @Get('metrics')
  @Route({
    summary: 'Measurements for Prometheus; for this machine alone unless METRICS_ALLOW names other networks',
    action: 'public',
    answers: { 200: { mediaType: 'text/plain', describe: 'Prometheus text exposition format 0.0.4.' } },
    records: 'none',
  })
  async text(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!this.access.allows(request.raw.socket.remoteAddress))
      throw new RequestError('forbidden', 'Metrics are for this machine alone. The operator can set METRICS_ALLOW.');
    void reply.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
