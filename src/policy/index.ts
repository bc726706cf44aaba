export { decide, isAction, POLICY_VERSION } from './domain/decide.js';
export { type Action, PERMISSIONS } from './domain/permissions.js';
export { PolicyDecisions } from './policy-decisions.js';
export { PolicyModule } from './policy.module.js';
