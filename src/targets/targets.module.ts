import { Module } from '@nestjs/common';
import { CustodiansModule } from '../custodians/index.js';
import { InventoryModule } from '../inventory/index.js';
import { TargetAccountsController } from './accounts.controller.js';
import { AccountSurrounding } from './account-surrounding.js';
import { AccountsRepository } from './accounts.repository.js';
import { TargetAccounts } from './accounts.service.js';
import { TargetDoors } from './target-doors.js';
import { TargetWork } from './target-work.js';
import { TargetsController } from './targets.controller.js';
import { TargetsRepository } from './targets.repository.js';
import { Targets } from './targets.service.js';

@Module({
  imports: [CustodiansModule, InventoryModule],
  controllers: [TargetsController, TargetAccountsController],
  providers: [
    AccountSurrounding,
    AccountsRepository,
    TargetAccounts,
    TargetDoors,
    TargetWork,
    Targets,
    TargetsRepository,
  ],
  exports: [TargetAccounts, TargetDoors, TargetWork, Targets],
})
export class TargetsModule {}
