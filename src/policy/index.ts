export { PolicyError } from './domain/errors.js';
export { PolicyDecisions } from './policy-decisions.js';
export { PolicyModule, PolicyWorkerModule } from './policy.module.js';
