import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { type Actor, type Id, principalName } from '../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../platform/index.js';
import { approvalSchema, approvalsQuery, decisionBody, showApproval } from './approvals.dto.js';
import { Approvals } from './approvals.service.js';

@Controller('v1/approvals')
export class ApprovalsController {
  constructor(private readonly approvals: Approvals) {}

  @Get()
  @Route({
    summary: 'Lists approvals, the newest first; with eligible=me those that wait for the caller.',
    action: 'approval.read',
    answers: { 200: pageOf(approvalSchema) },
    records: 'none',
  })
  async list(
    @By() actor: Actor,
    @Query({ schema: approvalsQuery }) { limit, cursor, eligible, requester, ...rest }: z.output<typeof approvalsQuery>,
  ) {
    const before = decodeCursor(cursor, idOf('approval'));
    const filter = { ...rest, requester: requester && principalName(actor.principal) };
    const rows = eligible
      ? await this.approvals.listEligible(actor, before, limit)
      : await this.approvals.list(actor, filter, before, limit);
    return pageFrom(rows, limit, ({ approval }) => approval.id, showApproval);
  }

  @Get(':id')
  @Route({
    summary: 'Shows an approval: exactly what is asked, and who may decide it.',
    action: 'approval.read',
    answers: { 200: approvalSchema },
    records: 'none',
  })
  async read(@By() actor: Actor, @Param('id', { schema: idOf('approval') }) id: Id<'approval'>) {
    return showApproval(await this.approvals.get(actor, id));
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
