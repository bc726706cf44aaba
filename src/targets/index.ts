export type { HeldAccount } from './accounts.repository.js';
export { TargetAccounts } from './accounts.service.js';
export type { TargetAccount } from './domain/account.js';
export type { Observation, Outcome } from './domain/adapter.js';
export { TargetError } from './domain/errors.js';
export { observationImage } from './domain/images.js';
export { type Bearer, TargetWork, type Work } from './target-work.js';
export { Targets } from './targets.service.js';
export { TargetsModule } from './targets.module.js';
