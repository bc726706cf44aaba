import { Module } from '@nestjs/common';
import { CustodiansModule } from '../custodians/index.js';
import { InventoryModule } from '../inventory/index.js';
import { TargetsModule } from '../targets/index.js';
import { ConsumersRepository } from './consumers/consumers.repository.js';
import { WatchesRepository } from './evidence/watches.repository.js';
import { RotationsRepository } from './rotations/rotations.repository.js';
import { Admission, AlwaysAdmitted } from './runs/admission.js';
import { Deliveries, NoDeliveries } from './runs/deliveries.js';
import { RunsRepository } from './runs/runs.repository.js';
import { StepsRepository } from './runs/steps.repository.js';
import { RotationSecrets } from './secrets/secrets.js';

@Module({
  imports: [CustodiansModule, InventoryModule, TargetsModule],
  providers: [
    { provide: Admission, useClass: AlwaysAdmitted },
    ConsumersRepository,
    { provide: Deliveries, useClass: NoDeliveries },
    RotationSecrets,
    RotationsRepository,
    RunsRepository,
    StepsRepository,
    WatchesRepository,
  ],
})
export class RotationModule {}
