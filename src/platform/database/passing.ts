import { sqlState } from './unit-of-work.js';

/** Conditions of the server that end by themselves or by an operator's hand (PostgreSQL, appendix A), not of a request. */
const CLASSES = ['08', '53', '58'];
const STATES: ReadonlySet<string> = new Set([
  '25P03', // idle_in_transaction_session_timeout
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
]);
const QUERY_CANCELED = '57014';
const SYSTEM: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);
/** The driver has no code for these. */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * Whether the database could not do something now and may soon: the disk is full, the connection was lost or is not to be
 * had.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isPassing);
  const state = sqlState(error);
  if (state === undefined) return error instanceof Error && WORDS.test(error.message);
  const { syscall } = error as { readonly syscall?: unknown };
  if (SYSTEM.has(state)) return syscall === 'connect' || syscall === 'read' || syscall === 'write';
  return STATES.has(state) || (state.length === 5 && CLASSES.some((start) => state.startsWith(start)));
}

/** Whether the database gave a statement up because it took longer than statements may. */
export function tookTooLong(error: unknown): boolean {
  return sqlState(error) === QUERY_CANCELED;
}
