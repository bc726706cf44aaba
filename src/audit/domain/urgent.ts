import type { RecordType } from '../../kernel/index.js';

/**
 * What somebody waits for, so that it wakes the sequencer at once: changes of who may be served, which enforcement
 * points must learn of (P6), and exports, which carry their own record.
 */
const URGENT: ReadonlySet<RecordType> = new Set([
  'audit.exported',
  'certificate.revoked',
  'identity.activated',
  'identity.changed',
  'identity.handed-over',
  'identity.resumed',
  'identity.retired',
  'identity.suspended',
  'person.departed',
]);

export function isUrgent(type: RecordType): boolean {
  return URGENT.has(type);
}
