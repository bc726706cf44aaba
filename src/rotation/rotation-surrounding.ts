import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Part, type Surrounding, Surroundings } from '../inventory/index.js';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import { RotationsRepository } from './rotations/rotations.repository.js';

/** Says what rotates for an identity: what became of its runs is recorded under each. */
@Injectable()
export class RotationSurrounding implements Surrounding, OnModuleInit {
  constructor(
    private readonly surroundings: Surroundings,
    private readonly rotations: RotationsRepository,
  ) {}

  onModuleInit(): void {
    this.surroundings.add(this);
  }

  subjectsOf(tx: Tx, id: Id<'identity'>): Promise<readonly string[]> {
    return this.rotations.listEver(tx, id);
  }

  /** How a credential is renewed is no part of what it can reach. */
  partsOf(): Promise<readonly Part[]> {
    return Promise.resolve([]);
  }
}
