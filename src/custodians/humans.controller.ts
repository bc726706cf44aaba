import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, idOf, line, Route } from '../platform/index.js';
import { Humans } from './humans.service.js';

const linkBody = z.strictObject({ as: idOf('person'), reason: line(500) }).meta({ id: 'SameHuman' });
const accountsSchema = z
  .strictObject({ personId: idOf('person'), accountIds: z.array(idOf('person')) })
  .meta({ id: 'Accounts' });

/** Which accounts are one human's. */
@Controller('v1/people/:id')
export class HumansController {
  constructor(private readonly humans: Humans) {}

  @Get('accounts')
  @Route({
    summary: 'Lists the accounts of the human behind this one, itself among them.',
    action: 'human.read',
    answers: { 200: accountsSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('person') }) personId: Id<'person'>) {
    return { personId, accountIds: [...(await this.humans.accountsOf(personId))] };
  }

  @Post('same-human')
  @Route({
    summary: 'Says that this account and another are one human’s, so that neither decides what the other asked.',
    action: 'human.change',
    answers: { 200: accountsSchema },
    records: ['person.linked'],
  })
  async link(
    @By() actor: Actor,
    @Param('id', { schema: idOf('person') }) personId: Id<'person'>,
    @Body({ schema: linkBody }) { as, reason }: z.output<typeof linkBody>,
  ) {
    return { personId, accountIds: [...(await this.humans.link(actor, personId, as, reason))] };
  }

  @Delete('same-human')
  @Route({
    summary: 'Says that this account is another human’s after all; never for an account of one’s own.',
    action: 'human.change',
    answers: { 204: null },
    records: ['person.unlinked'],
  })
  async unlink(@By() actor: Actor, @Param('id', { schema: idOf('person') }) id: Id<'person'>) {
    await this.humans.unlink(actor, id);
  }
}
