import { Module } from '@nestjs/common';
import { Config } from '../platform/index.js';
import { DecisionLog } from './decision-log.js';
import { DecisionsRepository } from './decisions.repository.js';
import { readPolicy } from './policies.js';
import { PolicyController } from './policy.controller.js';
import { PolicyDecisions } from './policy-decisions.js';
import { PolicyInForce } from './policy-in-force.js';
import { PolicyJobs } from './policy.jobs.js';
import { Replay } from './replay.js';

@Module({
  controllers: [PolicyController],
  providers: [
    DecisionLog,
    DecisionsRepository,
    PolicyDecisions,
    Replay,
    {
      provide: PolicyInForce,
      useFactory: ({ policyFile }: Config) => new PolicyInForce(readPolicy(policyFile ?? null)),
      inject: [Config],
    },
  ],
  exports: [DecisionsRepository, PolicyDecisions],
})
export class PolicyModule {}

/** What a worker does for the decisions that are kept. */
@Module({ imports: [PolicyModule], providers: [PolicyJobs] })
export class PolicyWorkerModule {}
