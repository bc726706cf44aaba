export { ApprovalConsents } from './approval-consents.js';
export { ApprovalsModule } from './approvals.module.js';
export { BreakGlassEmergencies } from './break-glass/break-glass-emergencies.js';
export { Circles } from './circles.js';
export { type AccessRequest, type Consented, Consents, type Wish } from './consents.service.js';
export { type Delegation, isInForce } from './domain/delegation.js';
export { isBarred, type Ties } from './domain/eligibility.js';
export { ApprovalsError } from './domain/errors.js';
export { GuardConsents } from './guard-consents.js';
