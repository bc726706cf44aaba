import { Body, Controller, Get, Header, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor } from '../kernel/index.js';
import { By, decodeCursor, pageFrom, pageOf, Route } from '../platform/index.js';
import {
  consistencyQuery,
  consistencySchema,
  entryPosition,
  exportBody,
  inclusionQuery,
  inclusionSchema,
  indexParam,
  provedRecordSchema,
  recordSchema,
  recordsQuery,
  showHashes,
  showProved,
  showRecord,
} from './audit.dto.js';
import { Evidence } from './evidence.service.js';
import { Exports } from './exports.service.js';

/** Entries hold opaque ids alone, so reading them is ordinary; images leave only by an export, which is recorded. */
@Controller('v1/audit')
export class AuditController {
  constructor(
    private readonly evidence: Evidence,
    private readonly exports: Exports,
  ) {}

  @Get('records')
  @Route({
    summary: 'Lists the entries of the log, newest first.',
    action: 'audit.read',
    answers: { 200: pageOf(recordSchema) },
    records: 'none',
  })
  async list(@Query({ schema: recordsQuery }) { limit, cursor, ...filter }: z.output<typeof recordsQuery>) {
    const rows = await this.evidence.list(filter, decodeCursor(cursor, entryPosition), limit);
    return pageFrom(rows, limit, ({ index }) => index, showRecord);
  }

  @Get('records/:index')
  @Route({
    summary: 'Gives one entry with the proof that it is in the signed log.',
    action: 'audit.read',
    answers: { 200: provedRecordSchema },
    records: 'none',
  })
  async get(@Param('index', { schema: indexParam }) index: number) {
    return showProved(await this.evidence.get(index));
  }

  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Route({
    summary: 'Gives the latest checkpoint: origin, size and root of the log, signed.',
    action: 'public',
    answers: { 200: { mediaType: 'text/plain', describe: 'A signed note (C2SP tlog-checkpoint).' } },
    records: 'none',
  })
  async checkpoint() {
    return (await this.evidence.checkpoint()).note;
  }

  @Get('key')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Route({
    summary: 'Gives the public key of the log, for `muster audit verify --key`: keep it elsewhere.',
    action: 'public',
    answers: { 200: { mediaType: 'text/plain', describe: 'A verifier key, `name+id+base64` (C2SP signed-note).' } },
    records: 'none',
  })
  async key() {
    return `${await this.evidence.key()}\n`;
  }

  @Get('proofs/inclusion')
  @Route({
    summary: 'Proves that an entry is in the tree of that size (RFC 6962 §2.1.1).',
    action: 'audit.verify',
    answers: { 200: inclusionSchema },
    records: 'none',
  })
  async inclusion(@Query({ schema: inclusionQuery }) { index, size }: z.output<typeof inclusionQuery>) {
    const proof = await this.evidence.proveInclusion(index, size);
    return { index, size: proof.size, hashes: showHashes(proof.hashes) };
  }

  @Get('proofs/consistency')
  @Route({
    summary: 'Proves that the larger tree extends the smaller one (RFC 6962 §2.1.2).',
    action: 'audit.verify',
    answers: { 200: consistencySchema },
    records: 'none',
  })
  async consistency(@Query({ schema: consistencyQuery }) { from, to }: z.output<typeof consistencyQuery>) {
    const proof = await this.evidence.proveConsistency(from, to);
    return { from, to: proof.to, hashes: showHashes(proof.hashes) };
  }

  @Post('exports')
  @Header('content-type', 'application/json; charset=utf-8')
  @Route({
    summary: 'Exports a range of the log, or what concerns one subject, as a file that proves itself offline.',
    action: 'audit.export',
    answers: {
      200: { mediaType: 'application/json', describe: 'For `muster audit verify`: keep its bytes as they are.' },
    },
    records: ['audit.exported'],
    secret: true,
  })
  export(@By() actor: Actor, @Body({ schema: exportBody }) body: z.output<typeof exportBody>) {
    return this.exports.export(actor, body);
  }
}
