export { Audit, type AuditRecord, type StoredRecord } from './audit.js';
export { AuditError } from './domain/errors.js';
