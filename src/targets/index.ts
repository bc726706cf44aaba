export type { HeldAccount } from './accounts.repository.js';
export { TargetAccounts } from './accounts.service.js';
export type { TargetAccount } from './domain/account.js';
export type { Observation, Outcome } from './domain/adapter.js';
export { TargetError } from './domain/errors.js';
export { observationImage } from './domain/images.js';
export {
  type Caller,
  type Coverage,
  COVERAGES,
  type Credential,
  type CredentialName,
  type Holder,
  type Pairing,
  PAIRINGS,
  type Proof,
  type Rotator,
  type Survey,
  type Usage,
} from './domain/rotating.js';
export { TargetDoors } from './target-doors.js';
export { type Bearer, TargetWork, type Work } from './target-work.js';
export { Targets } from './targets.service.js';
export { TargetsModule } from './targets.module.js';
