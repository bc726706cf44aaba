import { Module } from '@nestjs/common';
import { CustodiansModule } from '../custodians/index.js';
import { Consents } from './consents.js';
import { CredentialsRepository } from './credentials.repository.js';
import { GrantsController } from './grants.controller.js';
import { GrantsRepository } from './grants.repository.js';
import { Grants } from './grants.service.js';
import { IdentitiesController } from './identities.controller.js';
import { IdentitiesRepository } from './identities.repository.js';
import { Identities } from './identities.service.js';
import { InventorySuccession } from './inventory-succession.js';
import { Inventory } from './inventory.service.js';
import { KeysController } from './keys.controller.js';
import { RegisteredKeys } from './keys.service.js';
import { LedgerController } from './ledger.controller.js';
import { Ledger } from './ledger.service.js';
import { ObligationsRepository } from './obligations.repository.js';
import { Reach } from './reach/reach.service.js';
import { FacetsRepository } from './search/facets.repository.js';
import { SearchJobs } from './search/search.jobs.js';
import { SearchRepository } from './search/search.repository.js';
import { IdentitySearch } from './search/search.service.js';
import { SightingsRepository } from './sightings.repository.js';
import { Surroundings } from './surroundings.js';
import { Timeline } from './timeline/timeline.service.js';
import { ViewsController } from './views/views.controller.js';
import { ViewsRepository } from './views/views.repository.js';
import { Views } from './views/views.service.js';

@Module({
  imports: [CustodiansModule],
  controllers: [IdentitiesController, GrantsController, KeysController, LedgerController, ViewsController],
  providers: [
    Consents,
    CredentialsRepository,
    FacetsRepository,
    Grants,
    GrantsRepository,
    Identities,
    IdentitiesRepository,
    IdentitySearch,
    Inventory,
    InventorySuccession,
    Ledger,
    ObligationsRepository,
    Reach,
    RegisteredKeys,
    SearchJobs,
    SearchRepository,
    SightingsRepository,
    Surroundings,
    Timeline,
    Views,
    ViewsRepository,
  ],
  exports: [Grants, Identities, Inventory, InventorySuccession, RegisteredKeys, Surroundings],
})
export class InventoryModule {}
