import { agentCommands } from './commands/agent.js';
import { aliasCommands } from './commands/alias.js';
import { approvalCommands } from './commands/approval.js';
import { auditCommands } from './commands/audit.js';
import { authenticatorCommands } from './commands/authenticator.js';
import { breakGlassCommands } from './commands/break-glass.js';
import { calendarCommands } from './commands/calendar.js';
import { certCommands } from './commands/cert.js';
import { custodianCommands } from './commands/custodian.js';
import { execCommand } from './commands/exec.js';
import { findingCommands } from './commands/finding.js';
import { grantCommands } from './commands/grant.js';
import { identityCommands } from './commands/identity.js';
import { keyCommands } from './commands/key.js';
import { ledgerCommands } from './commands/ledger.js';
import { loginCommands } from './commands/login.js';
import { operatorCommands } from './commands/operator.js';
import { personCommands } from './commands/person.js';
import { reviewCommands } from './commands/review.js';
import { rotationCommands } from './commands/rotation.js';
import { scanCommand } from './commands/scan.js';
import { sourceCommands } from './commands/source.js';
import { targetCommands } from './commands/target.js';
import { tokenCommands } from './commands/token.js';
import { tourCommand } from './commands/tour.js';
import { trustCommands } from './commands/trust.js';
import { askRegistry } from './scan/registry.js';
import type { Noun } from './program.js';

/** Everything the command can do. */
export const NOUNS: readonly Noun[] = [
  loginCommands,
  authenticatorCommands,
  personCommands,
  custodianCommands,
  identityCommands,
  approvalCommands,
  breakGlassCommands,
  grantCommands,
  reviewCommands,
  targetCommands,
  rotationCommands,
  calendarCommands,
  trustCommands,
  certCommands,
  execCommand,
  agentCommands,
  tokenCommands,
  ledgerCommands,
  auditCommands,
  sourceCommands,
  aliasCommands,
  keyCommands,
  findingCommands,
  (program) => scanCommand(program, askRegistry),
  tourCommand,
  operatorCommands,
];
