import { Injectable } from '@nestjs/common';
import { Teams } from './custodians/index.js';
import { DiscoveryNames } from './discovery/index.js';
import { Inventory } from './inventory/index.js';
import { isId } from './kernel/index.js';
import { Subjects } from './platform/index.js';
import { ReviewNames } from './reviews/index.js';
import { RotationNames } from './rotation/index.js';
import { Targets } from './targets/index.js';

/** Names of what ids stand for. Not of people: to read a name is a record of its own (P2). */
@Injectable()
export class Names extends Subjects {
  constructor(
    private readonly inventory: Inventory,
    private readonly teams: Teams,
    private readonly targets: Targets,
    private readonly reviews: ReviewNames,
    private readonly rotations: RotationNames,
    private readonly discovery: DiscoveryNames,
  ) {
    super();
  }

  override async nameOf(id: string): Promise<string | undefined> {
    if (isId('identity', id)) return (await this.inventory.findIdentity(id))?.name;
    if (isId('team', id)) return this.teams.findName(id);
    if (isId('target', id)) return this.targets.findName(id);
    return (await this.rotations.nameOf(id)) ?? (await this.reviews.nameOf(id)) ?? this.discovery.nameOf(id);
  }
}
