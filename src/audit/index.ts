export { Audit, type AuditRecord, type StoredRecord } from './audit.js';
export { AuditModule, AuditWorkerModule } from './audit.module.js';
export { SEQUENCED } from './channels.js';
export { AuditError } from './domain/errors.js';
export { type Horizon, type LogEntry, LogReader } from './log-reader.js';
export { LogIdentity } from './log-identity.js';
export { Refusals } from './refusals.js';
export { readTrail, type TrailEntry, type TrailPosition } from './trail.js';
