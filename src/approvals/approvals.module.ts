import { Module } from '@nestjs/common';
import { CustodiansModule } from '../custodians/index.js';
import { ApprovalConsents } from './approval-consents.js';
import { ApprovalsController } from './approvals.controller.js';
import { ApprovalsJobs } from './approvals.jobs.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { Approvals } from './approvals.service.js';

@Module({
  imports: [CustodiansModule],
  controllers: [ApprovalsController],
  providers: [ApprovalConsents, Approvals, ApprovalsJobs, ApprovalsRepository],
  exports: [ApprovalConsents],
})
export class ApprovalsModule {}
