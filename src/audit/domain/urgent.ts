import type { RecordType } from '../../kernel/index.js';

/** Changes of who may be served: enforcement points wait for them, so they wake the sequencer at once (P6). */
const URGENT: ReadonlySet<RecordType> = new Set([
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
