import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import type { Part } from './reach/domain/graph.js';

/** What one of the rooms above knows of what lies around an identity. */
export interface Surrounding {
  /** Ids of its own things whose records tell of the identity, the latest of them where they are many. */
  subjectsOf(tx: Tx, id: Id<'identity'>): Promise<readonly string[]>;
  /** What of its own stands beside the identity now. */
  partsOf(tx: Tx, id: Id<'identity'>): Promise<readonly Part[]>;
}

/**
 * Where rooms above say what they know of an identity's surroundings: this room cannot ask them by name. Each adds itself
 * when the service starts.
 */
@Injectable()
export class Surroundings {
  private readonly all: Surrounding[] = [];

  add(surrounding: Surrounding): void {
    this.all.push(surrounding);
  }

  async subjectsOf(tx: Tx, id: Id<'identity'>): Promise<string[]> {
    const found: string[] = [];
    for (const surrounding of this.all) found.push(...(await surrounding.subjectsOf(tx, id)));
    return found;
  }

  async partsOf(tx: Tx, id: Id<'identity'>): Promise<Part[]> {
    const found: Part[] = [];
    for (const surrounding of this.all) found.push(...(await surrounding.partsOf(tx, id)));
    return found;
  }
}
