import { Command } from 'commander';
import { ClientError, ServiceRefusal } from '../client/index.js';
import { MusterError } from '../kernel/index.js';
import { CommandContext, DEFAULT_URL } from './context.js';
import { withHelp } from './help.js';
import { plain, plainLines } from './plain-text.js';
import { inCommands } from './routes.js';

const FAILED = 1;
/** Nothing went wrong: a person has to do something first, and the command was told not to wait for them. */
const WAITS_FOR_A_PERSON = 3;
const WAITING = ['step_up_required', 'approval_required', 'authorization_pending'];

/** Adds one noun's commands to the program. */
export type Noun = (program: Command) => void;

export function createProgram(version: string, nouns: readonly Noun[]): Command {
  const program = new Command('muster')
    .description('Accounts for every machine identity: who answers for it, what it holds, what happened to it.')
    .version(version)
    .option(
      '--url <url>',
      `the service; unless given ${DEFAULT_URL}, or where you never signed in to that or signed out again, the only one you are signed in to`,
      process.env['MUSTER_URL'],
    )
    .option(
      '--ca-fingerprint <sha256:…>',
      'the root to trust, as npm start prints it',
      process.env['MUSTER_CA_FINGERPRINT'],
    )
    .option('--json', 'answer in JSON, for programs')
    .option(
      '--no-wait',
      'where a person has to confirm or approve first, end with status 3 and their link instead of waiting',
    );
  for (const noun of nouns) noun(program);
  return withHelp(program);
}

/** Wraps a command's action: gives it a context, closes what it opened, and turns a refusal into words and exit 1 (or what the command set). */
export function run<Options>(
  action: (context: CommandContext, options: Options, ...args: string[]) => Promise<void>,
): (...args: unknown[]) => Promise<void> {
  return async (...received) => {
    const command = received.at(-1) as Command;
    // With the outer commands' options: commander gives `--out` of `cert renew` to `cert`, which has one too.
    const options = command.optsWithGlobals() as Options;
    const args = received.slice(0, -2) as string[];
    const context = CommandContext.of(command);
    try {
      await action(context, options, ...args);
    } catch (error) {
      process.exitCode ||= statusOf(error);
      command.configureOutput().writeErr!(report(error, context.output.json));
      if (!context.output.json) command.configureOutput().writeErr!(nextStep(error, command));
    } finally {
      await context.close();
    }
  };
}

const CONSENT = '--private-network-reason';

/** What the service refused in words for everybody, as it is put right here. */
function nextStep(error: unknown, command: Command): string {
  if (!(error instanceof ServiceRefusal)) return '';
  if (error.code === 'credential_invalid') return '  sign in here with: muster login\n';
  if (error.code === 'sign_in_too_old')
    return '  sign in again here with: muster logout, then muster login, or on the service’s machine muster admin sign-in\n';
  if (error.code === 'approval_required' && typeof error.problem['approvalId'] === 'string')
    return `  wait for them here with: muster approval wait ${error.problem['approvalId']}\n`;
  const isConsent = error.code === 'consent_required' && command.options.some(({ long }) => long === CONSENT);
  return isConsent ? `  consent here with: ${CONSENT} …\n` : '';
}

function statusOf(error: unknown): number {
  const waits = error instanceof ServiceRefusal && WAITING.includes(error.code);
  return waits ? WAITS_FOR_A_PERSON : FAILED;
}

function report(error: unknown, json: boolean): string {
  const { code, message, more } = describe(error);
  if (json) return `${JSON.stringify({ error: { code, message, ...more } })}\n`;
  return `muster: ${plainLines(inCommands(message))}\n${lines(code, message, more)}`;
}

function describe(error: unknown): { code: string; message: string; more: Record<string, unknown> } {
  if (error instanceof ServiceRefusal) {
    const { type: _type, title: _title, status: _status, code: _code, detail: _detail, ...more } = error.problem;
    return { code: error.code, message: error.message, more };
  }
  if (error instanceof ClientError || error instanceof MusterError)
    return { code: error.code, message: error.message, more: error.details ?? {} };
  return {
    code: 'unexpected',
    message: error instanceof Error ? error.message : 'Something unexpected failed.',
    more: {},
  };
}

/** One of several things that are wrong: with a field of a request, or with what it is about. */
interface Mistake {
  readonly path?: string;
  readonly message: string;
}

/** @param said the refusal's own words: what they name already is not told again */
function lines(code: string, said: string, more: Record<string, unknown>): string {
  const { errors, ...rest } = more;
  const mistakes = Array.isArray(errors) ? (errors as Mistake[]) : [];
  const further = mistakes.filter(({ path, message }) => !said.includes(path ? `${path}: ${message}` : message));
  return [
    ['code', code] as const,
    ...Object.entries(rest).filter(([, value]) => value !== code && value !== said),
    ...further.map(({ path, message }) => [path ? `also ${path}` : 'because', message] as const),
  ]
    .map(([key, value]) => `  ${key}: ${plain(typeof value === 'string' ? value : JSON.stringify(value))}\n`)
    .join('');
}
