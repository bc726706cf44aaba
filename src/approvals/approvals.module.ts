import { Module } from '@nestjs/common';
import { CustodiansModule } from '../custodians/index.js';
import { ApprovalConsents } from './approval-consents.js';
import { ApprovalsController } from './approvals.controller.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { Approvals } from './approvals.service.js';
import { ApprovalsUpkeep } from './upkeep.js';

@Module({
  imports: [CustodiansModule],
  controllers: [ApprovalsController],
  providers: [ApprovalConsents, Approvals, ApprovalsRepository, ApprovalsUpkeep],
  exports: [ApprovalConsents, ApprovalsUpkeep],
})
export class ApprovalsModule {}
