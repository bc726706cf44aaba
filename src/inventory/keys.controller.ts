import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../platform/index.js';
import { keySchema, keysQuery, newKeyBody, showKey } from './keys.dto.js';
import { RegisteredKeys } from './keys.service.js';

@Controller('v1')
export class KeysController {
  constructor(private readonly keys: RegisteredKeys) {}

  @Get('identities/:id/keys')
  @Route({
    summary: 'Lists the keys of other systems that an identity holds.',
    action: 'identity.read',
    answers: { 200: pageOf(keySchema) },
    records: 'none',
  })
  async list(
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @Query({ schema: keysQuery }) { limit, cursor }: z.output<typeof keysQuery>,
  ) {
    const rows = await this.keys.list(id, decodeCursor(cursor, idOf('registeredKey')), limit);
    return pageFrom(rows, limit, (key) => key.id, showKey);
  }

  @Post('identities/:id/keys')
  @Route({
    summary: 'Registers a key of another system by its digest; only a keyed fingerprint of that is kept.',
    action: 'key.register',
    answers: { 201: keySchema },
    records: ['key.registered'],
  })
  async register(
    @By() actor: Actor,
    @Param('id', { schema: idOf('identity') }) id: Id<'identity'>,
    @Body({ schema: newKeyBody }) body: z.output<typeof newKeyBody>,
  ) {
    return showKey(await this.keys.register(actor, id, body));
  }

  @Delete('keys/:id')
  @Route({
    summary: 'Takes a key off the ledger, because the other system no longer accepts it.',
    action: 'key.remove',
    answers: { 204: null },
    records: ['key.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('registeredKey') }) id: Id<'registeredKey'>) {
    await this.keys.remove(actor, id);
  }
}
