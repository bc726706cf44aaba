import { Readable } from 'node:stream';
import { Body, Controller, Get, Post, Query, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Actor } from '../kernel/index.js';
import { By, Route } from '../platform/index.js';
import type { FeedLine } from './domain/feed.js';
import { feedQuery, showSnapshot, snapshotSchema, usageAnswer, usageBody } from './feed.dto.js';
import { Feed } from './feed.service.js';
import { Usage } from './usage.service.js';

const NDJSON = 'application/x-ndjson';

/** What enforcement points follow and report. */
@Controller('v1')
export class FeedController {
  constructor(
    private readonly feed: Feed,
    private readonly usage: Usage,
  ) {}

  @Get('feed/snapshot')
  @Route({
    summary: 'Everything that must be refused now, and where in the feed to read on.',
    action: 'feed.read',
    listener: 'mutual',
    answers: { 200: snapshotSchema },
    records: 'none',
  })
  async snapshot(@By() actor: Actor) {
    return showSnapshot(await this.feed.snapshot(actor));
  }

  @Get('feed')
  @Route({
    summary: 'What must be refused from now on, line by line, with a heartbeat each second.',
    action: 'feed.read',
    listener: 'mutual',
    answers: { 200: { mediaType: NDJSON, describe: 'One JSON object a line: an event or a heartbeat.' } },
    records: 'none',
  })
  async follow(
    @By() actor: Actor,
    @Query({ schema: feedQuery }) { after }: z.output<typeof feedQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const lines = encoded(await this.feed.follow(actor, after), () => reply.raw.flushHeaders());
    return new StreamableFile(Readable.from(lines, { objectMode: false }), { type: NDJSON });
  }

  @Post('usage')
  @Route({
    summary: 'Reports when credentials and grants were used, in batches numbered for each point.',
    action: 'usage.report',
    listener: 'mutual',
    answers: { 200: usageAnswer },
    records: 'none',
  })
  report(@By() actor: Actor, @Body({ schema: usageBody }) body: z.output<typeof usageBody>) {
    const { point, batch, entries, last = false } = body;
    return this.usage.report(actor, { point, number: batch, uses: entries, last });
  }
}

/** The first line may be long in coming: whoever listens knows at once that they were let in. */
async function* encoded(lines: AsyncGenerator<FeedLine>, started: () => void): AsyncGenerator<Buffer> {
  started();
  for await (const line of lines) yield Buffer.from(`${JSON.stringify(line)}\n`);
}
