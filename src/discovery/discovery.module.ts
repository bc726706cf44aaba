import { Module } from '@nestjs/common';
import { CustodiansModule } from '../custodians/index.js';
import { InventoryModule } from '../inventory/index.js';
import { IssuanceModule } from '../issuance/index.js';
import { TargetsModule } from '../targets/index.js';
import { AliasesController } from './aliases/aliases.controller.js';
import { AliasesRepository } from './aliases/aliases.repository.js';
import { Aliases } from './aliases/aliases.service.js';
import { Adoptions } from './findings/adoptions.service.js';
import { FindingEventsRepository } from './findings/events.repository.js';
import { FindingsController } from './findings/findings.controller.js';
import { FindingsRepository } from './findings/findings.repository.js';
import { Findings } from './findings/findings.service.js';
import { QueueRepository } from './findings/queue.repository.js';
import { Retirements } from './findings/retirements.service.js';
import { TrendsRepository } from './findings/trends.repository.js';
import { Authors } from './intake/authors.js';
import { Ghosts } from './intake/ghosts.js';
import { Intake } from './intake/intake.js';
import { DiscoveryLogFollower } from './intake/log-follower.js';
import { PlacesRepository } from './intake/places.repository.js';
import { RegistryRepository } from './intake/registry.repository.js';
import { Resolver } from './intake/resolver.js';
import { PostureController } from './posture/posture.controller.js';
import { PostureRepository } from './posture/posture.repository.js';
import { Postures } from './posture/posture.service.js';
import { ResolutionsController } from './resolutions/resolutions.controller.js';
import { Resolutions } from './resolutions/resolutions.service.js';
import { SourceDoors } from './sources/watched/source-doors.js';
import { SourceRunner } from './sources/watched/source-runner.js';
import { SourceRunsRepository } from './sources/watched/source-runs.repository.js';
import { SourcesController } from './sources/watched/sources.controller.js';
import { SourcesJobs } from './sources/watched/sources.jobs.js';
import { SourcesRepository } from './sources/watched/sources.repository.js';
import { Sources } from './sources/watched/sources.service.js';
import { DiscoveryNames } from './discovery-names.js';

@Module({
  imports: [CustodiansModule, InventoryModule, IssuanceModule, TargetsModule],
  controllers: [AliasesController, FindingsController, PostureController, ResolutionsController, SourcesController],
  providers: [
    Adoptions,
    Aliases,
    AliasesRepository,
    Authors,
    DiscoveryLogFollower,
    DiscoveryNames,
    FindingEventsRepository,
    Findings,
    FindingsRepository,
    Ghosts,
    Intake,
    PlacesRepository,
    PostureRepository,
    Postures,
    QueueRepository,
    RegistryRepository,
    Resolutions,
    Resolver,
    Retirements,
    SourceDoors,
    SourceRunner,
    SourceRunsRepository,
    Sources,
    SourcesJobs,
    SourcesRepository,
    TrendsRepository,
  ],
  exports: [DiscoveryNames],
})
export class DiscoveryModule {}
