import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../platform/index.js';
import {
  joinTokenSchema,
  refusalPosition,
  refusalSchema,
  refusalsQuery,
  showJoinToken,
  showRefusal,
} from './attestation.dto.js';
import { JoinTokens } from './join-tokens.service.js';
import { Refusals } from './refusals.js';

@Controller('v1')
export class AttestationController {
  constructor(
    private readonly joinTokens: JoinTokens,
    private readonly refusals: Refusals,
  ) {}

  @Post('identities/:id/join-tokens')
  @Route({
    summary: 'Makes a secret that lets one key become this identity, once, within ten minutes.',
    action: 'join-token.create',
    answers: { 201: joinTokenSchema },
    records: ['join-token.created'],
    secret: true,
  })
  async createJoinToken(@By() actor: Actor, @Param('id', { schema: idOf('identity') }) id: Id<'identity'>) {
    return showJoinToken(await this.joinTokens.create(actor, id));
  }

  @Get('attestation/refusals')
  @Route({
    summary: 'Lists why attestations were refused, newest first; those who were refused are told nothing of it.',
    action: 'attestation.read-refusals',
    answers: { 200: pageOf(refusalSchema) },
    records: 'none',
  })
  async listRefusals(@Query({ schema: refusalsQuery }) { limit, cursor, reason }: z.output<typeof refusalsQuery>) {
    const rows = await this.refusals.list(decodeCursor(cursor, refusalPosition), reason, limit + 1);
    return pageFrom(rows, limit, ({ id }) => id, showRefusal);
  }
}
