import { Module } from '@nestjs/common';
import { CustodiansModule } from '../custodians/index.js';
import { InventoryModule } from '../inventory/index.js';
import { TargetsModule } from '../targets/index.js';
import { ConsumersController } from './consumers/consumers.controller.js';
import { Consumers } from './consumers/consumers.service.js';
import { ConsumersRepository } from './consumers/consumers.repository.js';
import { WatchesRepository } from './evidence/watches.repository.js';
import { RotationSurrounding } from './rotation-surrounding.js';
import { RotationsController } from './rotations/rotations.controller.js';
import { Rotations } from './rotations/rotations.service.js';
import { NoTimetable, Timetable } from './rotations/timetable.js';
import { RotationsRepository } from './rotations/rotations.repository.js';
import { Admission, AlwaysAdmitted } from './runs/admission.js';
import { Deliveries, NoDeliveries } from './runs/deliveries.js';
import { Rotators } from './runs/rotators.js';
import { RunStore } from './runs/run-store.js';
import { RunsController } from './runs/runs.controller.js';
import { RunsJobs } from './runs/runs.jobs.js';
import { Runs } from './runs/runs.service.js';
import { StepWork } from './runs/step-work.js';
import { RunsRepository } from './runs/runs.repository.js';
import { StepsRepository } from './runs/steps.repository.js';
import { RotationSecrets } from './secrets/secrets.js';

@Module({
  imports: [CustodiansModule, InventoryModule, TargetsModule],
  controllers: [ConsumersController, RotationsController, RunsController],
  providers: [
    { provide: Admission, useClass: AlwaysAdmitted },
    Consumers,
    ConsumersRepository,
    { provide: Deliveries, useClass: NoDeliveries },
    RotationSecrets,
    RotationSurrounding,
    Rotations,
    RotationsRepository,
    Rotators,
    RunStore,
    Runs,
    RunsJobs,
    RunsRepository,
    StepWork,
    StepsRepository,
    { provide: Timetable, useClass: NoTimetable },
    WatchesRepository,
  ],
})
export class RotationModule {}
