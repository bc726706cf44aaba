import { Module } from '@nestjs/common';
import { CustodiansModule } from '../custodians/index.js';
import { InventoryModule } from '../inventory/index.js';
import { IssuanceModule } from '../issuance/index.js';
import { TargetsModule } from '../targets/index.js';
import { CalendarsController } from './calendars/calendars.controller.js';
import { CalendarsRepository } from './calendars/calendars.repository.js';
import { Calendars } from './calendars/calendars.service.js';
import { Freezes } from './calendars/freezes.js';
import { DutiesRepository } from './certificates/duties.repository.js';
import { OwnCertificates } from './certificates/own-certificates.js';
import { RotatingCertificates } from './certificates/rotating-certificates.js';
import { ConsumersController } from './consumers/consumers.controller.js';
import { Consumers } from './consumers/consumers.service.js';
import { ConsumersRepository } from './consumers/consumers.repository.js';
import { ForgottenConsumers } from './consumers/forgotten-consumers.service.js';
import { ReturnedConsumers } from './consumers/returned-consumers.js';
import { EmergenciesController } from './emergencies/emergencies.controller.js';
import { EmergencyJobs } from './emergencies/emergencies.jobs.js';
import { EmergenciesRepository } from './emergencies/emergencies.repository.js';
import { RotationEmergencies } from './emergencies/emergencies.service.js';
import { TouchedRepository } from './emergencies/touched.repository.js';
import { WatchesRepository } from './evidence/watches.repository.js';
import { PlanController } from './plan/plan.controller.js';
import { PlanRepository } from './plan/plan.repository.js';
import { Plans } from './plan/plan.service.js';
import { RotationNames } from './rotation-names.js';
import { RotationSurrounding } from './rotation-surrounding.js';
import { RotationsController } from './rotations/rotations.controller.js';
import { Rotations } from './rotations/rotations.service.js';
import { Timetable } from './rotations/timetable.js';
import { RotationsRepository } from './rotations/rotations.repository.js';
import { Admission } from './runs/admission.js';
import { Deliveries } from './runs/deliveries.js';
import { Rotators } from './runs/rotators.js';
import { RunStore } from './runs/run-store.js';
import { RetiredRunsJobs } from './runs/retired-runs.jobs.js';
import { RunsController } from './runs/runs.controller.js';
import { RunsJobs } from './runs/runs.jobs.js';
import { LeakedRuns } from './runs/leaked-runs.js';
import { Runs } from './runs/runs.service.js';
import { StepWork } from './runs/step-work.js';
import { RunsRepository } from './runs/runs.repository.js';
import { Scenes } from './runs/scenes.js';
import { StepsRepository } from './runs/steps.repository.js';
import { RunBatches } from './runs/run-batches.js';
import { TargetTrouble } from './runs/target-trouble.js';
import { BeginJobs } from './schedules/begin.jobs.js';
import { Members } from './schedules/members.js';
import { ScheduledAdmission } from './schedules/scheduled-admission.js';
import { ScheduledTimetable } from './schedules/scheduled-timetable.js';
import { SchedulesRepository } from './schedules/schedules.repository.js';
import { RotationSecrets } from './secrets/secrets.js';
import { SinkDeliveries } from './sinks/sink-deliveries.js';
import { SinkDoors } from './sinks/sink-doors.js';
import { SinksController } from './sinks/sinks.controller.js';
import { SinksRepository } from './sinks/sinks.repository.js';
import { Sinks } from './sinks/sinks.service.js';

@Module({
  imports: [CustodiansModule, InventoryModule, IssuanceModule, TargetsModule],
  controllers: [
    CalendarsController,
    ConsumersController,
    EmergenciesController,
    PlanController,
    RotationsController,
    RunsController,
    SinksController,
  ],
  providers: [
    BeginJobs,
    Calendars,
    CalendarsRepository,
    EmergenciesRepository,
    EmergencyJobs,
    ForgottenConsumers,
    Freezes,
    LeakedRuns,
    Members,
    PlanRepository,
    Plans,
    RotationEmergencies,
    RunBatches,
    SchedulesRepository,
    { provide: Admission, useClass: ScheduledAdmission },
    Consumers,
    ConsumersRepository,
    DutiesRepository,
    OwnCertificates,
    RotatingCertificates,
    { provide: Deliveries, useExisting: SinkDeliveries },
    RotationNames,
    RotationSecrets,
    RotationSurrounding,
    Rotations,
    RotationsRepository,
    ReturnedConsumers,
    Rotators,
    RetiredRunsJobs,
    RunStore,
    Runs,
    RunsJobs,
    RunsRepository,
    Scenes,
    SinkDeliveries,
    SinkDoors,
    Sinks,
    SinksRepository,
    StepWork,
    StepsRepository,
    TargetTrouble,
    { provide: Timetable, useClass: ScheduledTimetable },
    TouchedRepository,
    WatchesRepository,
  ],
  exports: [LeakedRuns, RotatingCertificates, RotationNames],
})
export class RotationModule {}
