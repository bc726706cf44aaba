import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Part, type Surrounding, Surroundings } from '../inventory/index.js';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import { AccountsRepository } from './accounts.repository.js';

/** Says where an identity has accounts. */
@Injectable()
export class AccountSurrounding implements Surrounding, OnModuleInit {
  constructor(
    private readonly surroundings: Surroundings,
    private readonly accounts: AccountsRepository,
  ) {}

  onModuleInit(): void {
    this.surroundings.add(this);
  }

  /** Removed ones too: their records stay. */
  subjectsOf(tx: Tx, id: Id<'identity'>): Promise<readonly string[]> {
    return this.accounts.listEver(tx, id);
  }

  async partsOf(tx: Tx, id: Id<'identity'>): Promise<readonly Part[]> {
    const held = await this.accounts.listOf(tx, [id]);
    return held.map(({ account, targetName, place }) => ({
      node: { id: `target:${targetName}`, kind: 'target', name: targetName, detail: place },
      edges: [{ from: id, to: `target:${targetName}`, words: `is ${account.account} on` }],
    }));
  }
}
