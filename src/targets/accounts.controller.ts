import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../platform/index.js';
import { TargetAccounts } from './accounts.service.js';
import {
  accountSchema,
  newAccountBody,
  observationSchema,
  showAccount,
  showObservation,
  targetsQuery,
} from './targets.dto.js';

@Controller('v1')
export class TargetAccountsController {
  constructor(private readonly accounts: TargetAccounts) {}

  @Get('targets/:id/accounts')
  @Route({
    summary: 'Lists whose the accounts on a system are.',
    action: 'target.read',
    answers: { 200: pageOf(accountSchema) },
    records: 'none',
  })
  async list(
    @Param('id', { schema: idOf('target') }) id: Id<'target'>,
    @Query({ schema: targetsQuery }) { limit, cursor }: z.output<typeof targetsQuery>,
  ) {
    const rows = await this.accounts.list(id, decodeCursor(cursor, idOf('targetAccount')), limit);
    return pageFrom(rows, limit, (account) => account.id, showAccount);
  }

  @Post('targets/:id/accounts')
  @Route({
    summary: 'Says whose an account is, once it was seen to be there.',
    action: 'target.account',
    answers: { 201: accountSchema },
    records: ['target.account-added'],
  })
  async add(
    @By() actor: Actor,
    @Param('id', { schema: idOf('target') }) id: Id<'target'>,
    @Body({ schema: newAccountBody }) { identityId, account }: z.output<typeof newAccountBody>,
  ) {
    return showAccount(await this.accounts.add(actor, id, identityId, account));
  }

  @Delete('target-accounts/:id')
  @Route({
    summary: 'Forgets whose an account is; on the system it stays as it is.',
    action: 'target.account',
    answers: { 204: null },
    records: ['target.account-removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('targetAccount') }) id: Id<'targetAccount'>) {
    await this.accounts.remove(actor, id);
  }

  @Get('target-accounts/:id/observation')
  @Route({
    summary: 'Looks at what an account has on its system now.',
    action: 'target.check',
    answers: { 200: observationSchema },
    records: 'none',
  })
  async observe(@Param('id', { schema: idOf('targetAccount') }) id: Id<'targetAccount'>) {
    return showObservation(await this.accounts.observe(id));
  }
}
