import { addSeconds, DAY_SECONDS } from '../../kernel/index.js';

/** How long an identity may stay with one custodian after the other left. */
export const HANDOVER_SECONDS = 30 * DAY_SECONDS;

/** When a new backup must have been named for what a departing person answered for. */
export function handoverDueAt(departedAt: Date): Date {
  return addSeconds(departedAt, HANDOVER_SECONDS);
}
