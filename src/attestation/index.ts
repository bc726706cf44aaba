export { AttestationModule } from './attestation.module.js';
export { Attestation, type PublicKeyName } from './attestation.service.js';
export { AttestationError } from './domain/errors.js';
export type { Evidence, JoinTokenProof, OidcProof, Proof, Shown } from './domain/proof.js';
export type { Spending } from './domain/use.js';
