import { Controller, Get, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor } from '../kernel/index.js';
import { By, decodeCursor, pageFrom, pageOf, Route } from '../platform/index.js';
import { ledgerEntrySchema, ledgerPosition, ledgerQuery, showEntry } from './ledger.dto.js';
import { Ledger } from './ledger.service.js';

@Controller('v1/ledger')
export class LedgerController {
  constructor(private readonly ledger: Ledger) {}

  @Get()
  @Route({
    summary: 'Lists every credential valid now (or at an instant): holder, custodians, expiry, last use, receipt.',
    action: 'ledger.read',
    answers: { 200: pageOf(ledgerEntrySchema) },
    records: ['ledger.read'],
  })
  async read(
    @By() actor: Actor,
    @Query({ schema: ledgerQuery }) { limit, cursor, ...question }: z.output<typeof ledgerQuery>,
  ) {
    const lines = await this.ledger.read(actor, question, decodeCursor(cursor, ledgerPosition), limit);
    return pageFrom(
      lines,
      limit,
      ([, position]) => position,
      ([entry]) => showEntry(entry),
    );
  }
}
