import { Module } from '@nestjs/common';
import { LogReader } from '../audit/index.js';
import { CustodiansModule, UnusualSignIns } from '../custodians/index.js';
import { InventoryModule } from '../inventory/index.js';
import { ApprovalConsents } from './approval-consents.js';
import { ApprovalRecords } from './approval-records.js';
import { ApprovalSurrounding } from './approval-surrounding.js';
import { ApprovalsController } from './approvals.controller.js';
import { ApprovalsJobs } from './approvals.jobs.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { Approvals } from './approvals.service.js';
import { BreakGlassEmergencies } from './break-glass/break-glass-emergencies.js';
import { BreakGlassController } from './break-glass/break-glass.controller.js';
import { BreakGlassJobs } from './break-glass/break-glass.jobs.js';
import { BreakGlassRepository } from './break-glass/break-glass.repository.js';
import { BreakingGlass } from './break-glass/break-glass.service.js';
import { Circles } from './circles.js';
import { Consents } from './consents.service.js';
import { DelegationsController } from './delegations.controller.js';
import { DelegationsRepository } from './delegations.repository.js';
import { Delegations } from './delegations.service.js';
import { GuardConsents } from './guard-consents.js';
import { Letters } from './letters/letters.js';
import { LettersJobs } from './letters/letters.jobs.js';
import { LettersRepository } from './letters/letters.repository.js';
import { LetterReaders } from './letters/readers.js';
import { RemindersJobs } from './letters/reminders.jobs.js';

@Module({
  imports: [CustodiansModule, InventoryModule],
  controllers: [ApprovalsController, BreakGlassController, DelegationsController],
  providers: [
    ApprovalConsents,
    ApprovalRecords,
    ApprovalSurrounding,
    Approvals,
    ApprovalsJobs,
    ApprovalsRepository,
    BreakGlassEmergencies,
    BreakGlassJobs,
    BreakGlassRepository,
    BreakingGlass,
    Circles,
    Consents,
    Delegations,
    DelegationsRepository,
    GuardConsents,
    LetterReaders,
    Letters,
    LettersJobs,
    LettersRepository,
    LogReader,
    RemindersJobs,
    UnusualSignIns,
  ],
  exports: [ApprovalConsents, BreakGlassEmergencies, Circles, Consents, GuardConsents, Letters],
})
export class ApprovalsModule {}
