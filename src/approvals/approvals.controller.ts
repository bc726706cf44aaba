import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../platform/index.js';
import { approvalSchema, approvalsQuery, decisionBody, showApproval } from './approvals.dto.js';
import { Approvals } from './approvals.service.js';

@Controller('v1/approvals')
export class ApprovalsController {
  constructor(private readonly approvals: Approvals) {}

  @Get()
  @Route({
    summary: 'Lists approvals, the newest first.',
    action: 'approval.read',
    answers: { 200: pageOf(approvalSchema) },
    records: 'none',
  })
  async list(@Query({ schema: approvalsQuery }) { limit, cursor, ...filter }: z.output<typeof approvalsQuery>) {
    const rows = await this.approvals.list(filter, decodeCursor(cursor, idOf('approval')), limit);
    return pageFrom(rows, limit, ({ id }) => id, showApproval);
  }

  @Get(':id')
  @Route({
    summary: 'Shows an approval.',
    action: 'approval.read',
    answers: { 200: approvalSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('approval') }) id: Id<'approval'>) {
    return showApproval(await this.approvals.get(id));
  }

  @Post(':id/decision')
  @Route({
    summary: 'Approves or denies what somebody else asked; it is they who then ask again.',
    action: 'approval.decide',
    answers: { 200: approvalSchema },
    records: ['approval.decided'],
  })
  async decide(
    @By() actor: Actor,
    @Param('id', { schema: idOf('approval') }) id: Id<'approval'>,
    @Body({ schema: decisionBody }) { verdict, reason }: z.output<typeof decisionBody>,
  ) {
    return showApproval(await this.approvals.decide(actor, id, verdict, reason));
  }

  @Post(':id/cancellation')
  @Route({
    summary: 'Takes back a request of one’s own.',
    action: 'approval.withdraw',
    answers: { 200: approvalSchema },
    records: ['approval.cancelled'],
  })
  async cancel(@By() actor: Actor, @Param('id', { schema: idOf('approval') }) id: Id<'approval'>) {
    return showApproval(await this.approvals.cancel(actor, id));
  }
}
