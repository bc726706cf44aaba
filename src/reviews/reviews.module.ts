import { Module } from '@nestjs/common';
import { ApprovalsModule } from '../approvals/index.js';
import { CustodiansModule } from '../custodians/index.js';
import { InventoryModule } from '../inventory/index.js';
import { CampaignsController } from './campaigns/campaigns.controller.js';
import { CampaignsRepository } from './campaigns/campaigns.repository.js';
import { Campaigns } from './campaigns/campaigns.service.js';
import { StagingJobs } from './campaigns/staging.jobs.js';
import { StagingRepository } from './campaigns/staging.repository.js';
import { Staging } from './campaigns/staging.service.js';
import { Deciders } from './items/deciders.js';
import { Decisions } from './items/decisions.service.js';
import { ItemsController } from './items/items.controller.js';
import { ItemsRepository } from './items/items.repository.js';
import { Items } from './items/items.service.js';
import { QueueRepository } from './items/queue.repository.js';
import { SubmissionsController } from './items/submissions.controller.js';
import { Submissions } from './items/submissions.service.js';

@Module({
  imports: [ApprovalsModule, CustodiansModule, InventoryModule],
  controllers: [CampaignsController, ItemsController, SubmissionsController],
  providers: [
    Campaigns,
    CampaignsRepository,
    Deciders,
    Decisions,
    Items,
    ItemsRepository,
    QueueRepository,
    Staging,
    StagingJobs,
    StagingRepository,
    Submissions,
  ],
})
export class ReviewsModule {}
