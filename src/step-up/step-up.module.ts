import { Module } from '@nestjs/common';
import { CustodiansModule } from '../custodians/index.js';
import { StepUpController } from './step-up.controller.js';
import { StepUpPasses } from './step-up-passes.js';
import { StepUpJobs } from './step-up.jobs.js';
import { StepUpRepository } from './step-up.repository.js';
import { StepUps } from './step-up.service.js';
import { StepUpWakes } from './step-up-wakes.js';

@Module({
  imports: [CustodiansModule],
  controllers: [StepUpController],
  providers: [StepUpPasses, StepUpJobs, StepUpRepository, StepUps, StepUpWakes],
  exports: [StepUpPasses],
})
export class StepUpModule {}
