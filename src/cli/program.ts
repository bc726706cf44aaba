import { Command } from 'commander';
import { ClientError, ServiceRefusal } from '../client/index.js';
import { MusterError } from '../kernel/index.js';
import { CommandContext } from './context.js';

const DEFAULT_URL = 'https://localhost:8443';

/** Adds one noun's commands to the program. */
export type Noun = (program: Command) => void;

export function createProgram(version: string, nouns: readonly Noun[]): Command {
  const program = new Command('muster')
    .description('Accounts for every machine identity: who answers for it, what it holds, what happened to it.')
    .version(version)
    .option('--url <url>', 'the service', process.env['MUSTER_URL'] ?? DEFAULT_URL)
    .option(
      '--ca-fingerprint <sha256:…>',
      'the root to trust, as npm start prints it',
      process.env['MUSTER_CA_FINGERPRINT'],
    )
    .option('--json', 'answer in JSON, for programs')
    .showHelpAfterError('(muster --help says more)')
    .configureHelp({ sortSubcommands: true });
  for (const noun of nouns) noun(program);
  return program;
}

/** Wraps a command's action: gives it a context, closes what it opened, and turns a refusal into words and exit 1. */
export function run<Options>(
  action: (context: CommandContext, options: Options, ...args: string[]) => Promise<void>,
): (...args: unknown[]) => Promise<void> {
  return async (...received) => {
    const command = received.at(-1) as Command;
    const options = received.at(-2) as Options;
    const args = received.slice(0, -2) as string[];
    const context = CommandContext.of(command);
    try {
      await action(context, options, ...args);
    } catch (error) {
      process.exitCode = 1;
      report(error, context.output.json);
    } finally {
      await context.close();
    }
  };
}

function report(error: unknown, json: boolean): void {
  const { code, message, more } = describe(error);
  if (json) process.stderr.write(`${JSON.stringify({ error: { code, message, ...more } })}\n`);
  else process.stderr.write(`muster: ${message}\n${lines(code, more)}`);
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

function lines(code: string, more: Record<string, unknown>): string {
  const shown = Object.entries({ code, ...more }).filter(([key]) => key !== 'errors');
  return shown
    .map(([key, value]) => `  ${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}\n`)
    .join('');
}
