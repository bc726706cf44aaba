import { Module } from '@nestjs/common';
import { ApprovalsModule } from '../approvals/index.js';
import { CustodiansModule } from '../custodians/index.js';
import { InventoryModule } from '../inventory/index.js';
import { IssuanceModule } from '../issuance/index.js';
import { TargetsModule } from '../targets/index.js';
import { CalendarController } from './calendar/calendar.controller.js';
import { CalendarRepository } from './calendar/calendar.repository.js';
import { CampaignsController } from './campaigns/campaigns.controller.js';
import { CampaignsRepository } from './campaigns/campaigns.repository.js';
import { Campaigns } from './campaigns/campaigns.service.js';
import { StagingJobs } from './campaigns/staging.jobs.js';
import { StagingRepository } from './campaigns/staging.repository.js';
import { Staging } from './campaigns/staging.service.js';
import { ClosingController } from './closing/closing.controller.js';
import { Closing } from './closing/closing.service.js';
import { FiguresRepository } from './closing/figures.repository.js';
import { Resolutions } from './closing/resolutions.service.js';
import { SamplesController } from './closing/samples.controller.js';
import { SamplesRepository } from './closing/samples.repository.js';
import { Samples } from './closing/samples.service.js';
import { ClosingTies } from './closing/ties.js';
import { EffectPlans } from './effects/effect-plans.js';
import { EffectWork } from './effects/effect-work.js';
import { EffectsController } from './effects/effects.controller.js';
import { EffectsJobs } from './effects/effects.jobs.js';
import { EffectsRepository } from './effects/effects.repository.js';
import { Effects } from './effects/effects.service.js';
import { ExceptionsController } from './exceptions/exceptions.controller.js';
import { ExceptionsJobs } from './exceptions/exceptions.jobs.js';
import { ExceptionsRepository } from './exceptions/exceptions.repository.js';
import { Exceptions } from './exceptions/exceptions.service.js';
import { ReviewExportsRepository } from './exports/exports.repository.js';
import { Reports } from './exports/reports.service.js';
import { ReviewExportsController } from './exports/review-exports.controller.js';
import { ReviewExports } from './exports/review-exports.service.js';
import { Deciders } from './items/deciders.js';
import { Decisions } from './items/decisions.service.js';
import { DeparturesJobs } from './items/departures.jobs.js';
import { DeparturesRepository } from './items/departures.repository.js';
import { ReviewDepartures } from './items/departures.service.js';
import { ItemsController } from './items/items.controller.js';
import { ItemsRepository } from './items/items.repository.js';
import { Items } from './items/items.service.js';
import { QueueRepository } from './items/queue.repository.js';
import { SubmissionsController } from './items/submissions.controller.js';
import { Submissions } from './items/submissions.service.js';
import { WaitingController } from './items/waiting.controller.js';
import { ReviewRemindersJobs } from './reminders/reminders.jobs.js';
import { RemindersRepository } from './reminders/reminders.repository.js';
import { ReviewLetters } from './reminders/review-letters.js';
import { RiskAnalysesController } from './risk-analyses/risk-analyses.controller.js';
import { RiskAnalysesRepository } from './risk-analyses/risk-analyses.repository.js';
import { RiskAnalyses } from './risk-analyses/risk-analyses.service.js';
import { SchedulesController } from './schedules/schedules.controller.js';
import { SchedulesRepository } from './schedules/schedules.repository.js';
import { Schedules } from './schedules/schedules.service.js';
import { StartJobs } from './schedules/start.jobs.js';
import { ReviewNames } from './review-names.js';
import { ReviewSurrounding } from './review-surrounding.js';

@Module({
  imports: [ApprovalsModule, CustodiansModule, InventoryModule, IssuanceModule, TargetsModule],
  controllers: [
    CalendarController,
    CampaignsController,
    ClosingController,
    EffectsController,
    ExceptionsController,
    ItemsController,
    ReviewExportsController,
    RiskAnalysesController,
    SamplesController,
    SchedulesController,
    SubmissionsController,
    WaitingController,
  ],
  providers: [
    CalendarRepository,
    Campaigns,
    CampaignsRepository,
    Closing,
    ClosingTies,
    Deciders,
    Decisions,
    DeparturesJobs,
    DeparturesRepository,
    EffectPlans,
    EffectWork,
    Effects,
    EffectsJobs,
    EffectsRepository,
    Exceptions,
    ExceptionsJobs,
    ExceptionsRepository,
    FiguresRepository,
    Items,
    ItemsRepository,
    QueueRepository,
    RemindersRepository,
    Reports,
    Resolutions,
    ReviewExports,
    ReviewExportsRepository,
    ReviewDepartures,
    ReviewLetters,
    ReviewRemindersJobs,
    ReviewNames,
    ReviewSurrounding,
    RiskAnalyses,
    RiskAnalysesRepository,
    Samples,
    SamplesRepository,
    Schedules,
    SchedulesRepository,
    Staging,
    StagingJobs,
    StagingRepository,
    StartJobs,
    Submissions,
  ],
  exports: [ReviewNames],
})
export class ReviewsModule {}
