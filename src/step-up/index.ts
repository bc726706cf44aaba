export { StepUpPasses } from './step-up-passes.js';
export { StepUpModule } from './step-up.module.js';
