import type { Json } from '../../kernel/index.js';
import type { RegisteredKey } from './credential.js';
import type { Grant } from './grant.js';
import type { Identity } from './identity.js';

/** What records keep of an identity: its whole row. */
export function identityImage(identity: Identity): Json {
  return {
    id: identity.id,
    spiffe_id: identity.spiffeId,
    name: identity.name,
    kind: identity.kind,
    environment: identity.environment,
    team_id: identity.teamId,
    purpose: identity.purpose,
    criticality: identity.criticality,
    data_classes: identity.dataClasses,
    privileged: identity.privileged,
    support_expires_at: text(identity.supportExpiresAt),
    status: identity.status,
    status_reason: identity.statusReason,
    status_by: identity.statusBy,
    primary_custodian_id: identity.primaryCustodianId,
    backup_custodian_id: identity.backupCustodianId,
    handover_due_at: text(identity.handoverDueAt),
    departed_custodian_id: identity.departedCustodianId,
    requested_by: identity.requestedBy,
    authors: identity.authors,
    approval_id: identity.approvalId,
    version: identity.version,
    created_at: text(identity.createdAt),
    changed_at: text(identity.changedAt),
  };
}

/** A grant without its last use, which is no record (decision 2). */
export function grantImage(grant: Grant): Json {
  return {
    id: grant.id,
    identity_id: grant.identityId,
    target: grant.target,
    scope: grant.scope,
    purpose: grant.purpose,
    verifier_id: grant.verifierId,
    verified_at: text(grant.verifiedAt),
    added_by: grant.addedBy,
    added_at: text(grant.addedAt),
    removed_by: grant.removedBy,
    removed_at: text(grant.removedAt),
  };
}

/** A registered key by its keyed fingerprint; the digest it was made from is nowhere. */
export function keyImage(key: RegisteredKey): Json {
  return {
    id: key.id,
    identity_id: key.identityId,
    system: key.system,
    fingerprint: key.fingerprint.toString('hex'),
    fingerprint_key_id: key.fingerprintKeyId,
    last_four: key.lastFour,
    registered_by: key.registeredBy,
    registered_at: text(key.registeredAt),
    expires_at: text(key.expiresAt),
    revoked_at: text(key.revokedAt),
  };
}

function text(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
