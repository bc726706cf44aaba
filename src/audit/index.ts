export { Audit, type AuditRecord, type StoredRecord } from './audit.js';
export { SEQUENCED } from './channels.js';
export { type Horizon, type LogEntry, LogReader } from './log-reader.js';
export { AuditError } from './domain/errors.js';
