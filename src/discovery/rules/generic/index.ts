import type { Family } from '../../domain/rule.js';
import { assignments } from './assignments.js';
import { calls } from './calls.js';
import { commands } from './commands.js';
import { devices } from './devices.js';
import { headers } from './headers.js';
import { statements } from './statements.js';

/** What has no format of its own: only what stands around it speaks for it. */
export const generic: Family = [...assignments, ...headers, ...commands, ...calls, ...devices, ...statements];
