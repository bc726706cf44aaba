import { Controller, Get, Query } from '@nestjs/common';
import type { z } from 'zod';
import { decodeCursor, idOf, pageFrom, pageOf, Route, UnitOfWork } from '../platform/index.js';
import { DecisionsRepository } from './decisions.repository.js';
import { decisionSchema, decisionsQuery, policySchema, showDecision, showPolicy } from './policy.dto.js';
import { PolicyInForce } from './policy-in-force.js';

/** What is decided here, and what was. */
@Controller('v1')
export class PolicyController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly decisions: DecisionsRepository,
    private readonly inForce: PolicyInForce,
  ) {}

  @Get('decisions')
  @Route({
    summary: 'Lists what was decided in the last 30 days and by what, the newest first.',
    action: 'decision.read',
    answers: { 200: pageOf(decisionSchema) },
    records: 'none',
  })
  async list(@Query({ schema: decisionsQuery }) { limit, cursor, ...filter }: z.output<typeof decisionsQuery>) {
    const before = decodeCursor(cursor, idOf('decision'));
    const rows = await this.unitOfWork.read((tx) => this.decisions.list(tx, filter, before, limit + 1));
    return pageFrom(rows, limit, ({ id }) => id, showDecision);
  }

  @Get('policy')
  @Route({
    summary: 'The policy in force, as it was written.',
    action: 'policy.read',
    answers: { 200: policySchema },
    records: 'none',
  })
  read() {
    return showPolicy(this.inForce.policy);
  }
}
