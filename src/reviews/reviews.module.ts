import { Module } from '@nestjs/common';
import { ApprovalsModule } from '../approvals/index.js';
import { CustodiansModule } from '../custodians/index.js';
import { InventoryModule } from '../inventory/index.js';
import { CampaignsRepository } from './campaigns/campaigns.repository.js';
import { ItemsRepository } from './items/items.repository.js';

@Module({
  imports: [ApprovalsModule, CustodiansModule, InventoryModule],
  controllers: [],
  providers: [CampaignsRepository, ItemsRepository],
})
export class ReviewsModule {}
