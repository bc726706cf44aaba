import { Module } from '@nestjs/common';
import { PolicyDecisions } from './policy-decisions.js';

@Module({ providers: [PolicyDecisions], exports: [PolicyDecisions] })
export class PolicyModule {}
