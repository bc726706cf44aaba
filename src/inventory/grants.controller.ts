import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, idOf, Route } from '../platform/index.js';
import { grantSchema, grantsQuery, heldGrantsSchema, newGrantBody, showGrant, showHeldGrants } from './grants.dto.js';
import { Grants } from './grants.service.js';

@Controller('v1')
export class GrantsController {
  constructor(private readonly grants: Grants) {}

  @Get('identities/:id/grants')
  @Route({
    summary: 'Lists what an identity holds, flags what it does not use, and proposes a right-sized set.',
    action: 'identity.read',
    answers: { 200: heldGrantsSchema },
    records: 'none',
  })
  async list(
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @Query({ schema: grantsQuery }) { unusedAfterDays }: z.output<typeof grantsQuery>,
  ) {
    return showHeldGrants(await this.grants.list(id, unusedAfterDays));
  }

  @Post('identities/:id/grants')
  @Route({
    summary: 'Adds a role or scope on a target; it counts once somebody else has verified it.',
    action: 'grant.change',
    answers: { 201: grantSchema },
    records: ['grant.added'],
  })
  async add(
    @By() actor: Actor,
    @Param('id', { schema: idOf('identity') }) identityId: Id<'identity'>,
    @Body({ schema: newGrantBody }) body: z.output<typeof newGrantBody>,
  ) {
    return showGrant(await this.grants.add(actor, { ...body, identityId }));
  }

  @Post('grants/:id/verification')
  @Route({
    summary: 'Confirms that an identity rightly holds a grant.',
    action: 'grant.verify',
    answers: { 200: grantSchema },
    records: ['grant.verified'],
  })
  async verify(@By() actor: Actor, @Param('id', { schema: idOf('grant') }) id: Id<'grant'>) {
    return showGrant(await this.grants.verify(actor, id));
  }

  @Delete('grants/:id')
  @Route({
    summary: 'Takes a grant away from the identity that holds it.',
    action: 'grant.remove',
    answers: { 204: null },
    records: ['grant.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('grant') }) id: Id<'grant'>) {
    await this.grants.remove(actor, id);
  }
}
