import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../../platform/index.js';
import { aliasesQuery, aliasSchema, newAliasBody, showAlias } from './aliases.dto.js';
import { Aliases } from './aliases.service.js';

@Controller('v1')
export class AliasesController {
  constructor(private readonly aliases: Aliases) {}

  @Get('identities/:id/aliases')
  @Route({
    summary: 'Lists what an identity is called in other systems.',
    action: 'identity.read',
    answers: { 200: pageOf(aliasSchema) },
    records: 'none',
  })
  async list(
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @Query({ schema: aliasesQuery }) { limit, cursor }: z.output<typeof aliasesQuery>,
  ) {
    const rows = await this.aliases.list(id, decodeCursor(cursor, idOf('alias')), limit);
    return pageFrom(rows, limit, (alias) => alias.id, showAlias);
  }

  @Post('identities/:id/aliases')
  @Route({
    summary: 'Says what an identity, or a credential of it, is called in another system.',
    action: 'alias.change',
    answers: { 201: aliasSchema },
    records: ['alias.added'],
  })
  async add(
    @By() actor: Actor,
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @Body({ schema: newAliasBody }) { identifier }: z.output<typeof newAliasBody>,
  ) {
    return showAlias(await this.aliases.add(actor, id, identifier));
  }

  @Delete('aliases/:id')
  @Route({
    summary: 'Says that an identity is called so no more.',
    action: 'alias.change',
    answers: { 204: null },
    records: ['alias.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('alias') }) id: Id<'alias'>) {
    await this.aliases.remove(actor, id);
  }
}
