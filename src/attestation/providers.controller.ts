import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../platform/index.js';
import { newProviderBody, providerChangeBody, providerSchema, providersQuery, showProvider } from './providers.dto.js';
import { Providers } from './providers.service.js';

@Controller('v1/providers')
export class ProvidersController {
  constructor(private readonly providers: Providers) {}

  @Get()
  @Route({
    summary: 'Lists the issuers whose tokens may prove identities.',
    action: 'provider.read',
    answers: { 200: pageOf(providerSchema) },
    records: 'none',
  })
  async list(@Query({ schema: providersQuery }) { limit, cursor }: z.output<typeof providersQuery>) {
    const rows = await this.providers.list(decodeCursor(cursor, idOf('provider')), limit);
    return pageFrom(rows, limit, ({ id }) => id, showProvider);
  }

  @Post()
  @Route({
    summary: 'Registers an issuer: where its keys are and which algorithms it may sign with.',
    action: 'provider.change',
    answers: { 201: providerSchema },
    records: ['provider.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newProviderBody }) body: z.output<typeof newProviderBody>) {
    const { jwksUri = null, caCertificates = null, privateNetwork = null, ...rest } = body;
    return showProvider(await this.providers.create(actor, { ...rest, jwksUri, caCertificates, privateNetwork }));
  }

  @Get(':id')
  @Route({ summary: 'Shows an issuer.', action: 'provider.read', answers: { 200: providerSchema }, records: 'none' })
  async read(@Param('id', { schema: idOf('provider') }) id: Id<'provider'>) {
    return showProvider(await this.providers.get(id));
  }

  @Patch(':id')
  @Route({
    summary: 'Changes how an issuer’s tokens are verified, or pauses it; its URL and kind stay.',
    action: 'provider.change',
    answers: { 200: providerSchema },
    records: ['provider.changed'],
  })
  async revise(
    @By() actor: Actor,
    @Param('id', { schema: idOf('provider') }) id: Id<'provider'>,
    @IfMatch() version: number,
    @Body({ schema: providerChangeBody }) body: z.output<typeof providerChangeBody>,
  ) {
    return showProvider(await this.providers.revise(actor, id, version, body));
  }

  @Delete(':id')
  @Route({
    summary: 'Removes an issuer that no trust names.',
    action: 'provider.change',
    answers: { 204: null },
    records: ['provider.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('provider') }) id: Id<'provider'>) {
    await this.providers.remove(actor, id);
  }
}
