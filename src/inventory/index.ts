export { ActivationConsent, type ConsentQuestion } from './activation-consent.js';
export type { Ended, Stopped } from './credentials.repository.js';
export type { Consent } from './domain/consent.js';
export type { CredentialId, CredentialKind, IssuedCredential, LedgerEntry } from './domain/credential.js';
export { InventoryError } from './domain/errors.js';
export type { Grant } from './domain/grant.js';
export {
  CRITICALITIES,
  DATA_CLASSES,
  type Identity,
  IDENTITY_KINDS,
  type IdentityKind,
  type IdentityStatus,
  isCustodianOf,
} from './domain/identity.js';
export { Grants } from './grants.service.js';
export { Identities } from './identities.service.js';
export { type Standing, type StandingCode, type StandingFacts, standingOf } from './domain/standing.js';
export { InventoryModule } from './inventory.module.js';
export { Inventory, type Use } from './inventory.service.js';
export { InventorySuccession } from './inventory-succession.js';
export type { Foundation, OwedReview } from './obligations.repository.js';
export { type FoundKey, RegisteredKeys } from './keys.service.js';
export type { Part } from './reach/domain/graph.js';
export { type Surrounding, Surroundings } from './surroundings.js';
