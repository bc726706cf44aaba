export { ApprovalConsents } from './approval-consents.js';
export { ApprovalsModule } from './approvals.module.js';
export { ApprovalsError } from './domain/errors.js';
