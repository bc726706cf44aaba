import type { Command } from 'commander';
import { Agent } from '../agent/agent.js';
import { readAgentConfig } from '../agent/config.js';
import { readStatus } from '../agent/status.js';
import { outliveReader } from '../broken-pipe.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { run } from '../program.js';

interface AgentOptions {
  readonly config: string;
  readonly once?: boolean;
}

/** How often it is looked that the process is still wanted; it holds the process open. */
const HOLD_MILLISECONDS = 60_000;

/** Keeps the certificates and secrets of a host's programs fresh. */
export function agentCommands(program: Command): void {
  const agent = program
    .command('agent')
    .description('keep certificates and secrets fresh in files, as a YAML file says, until told to end')
    .option('--config <file>', 'what to keep, and whom to tell', 'agent.yaml')
    .option('--once', 'end once everything is there, for an init container')
    .action(run(keep));
  agent
    .command('status')
    .option('--config <file>', 'the agent’s own', 'agent.yaml')
    .description('say how it stands with the agent that runs; exit 1 unless all is well')
    .action(run(show));
}

async function keep(context: CommandContext, { config, once }: AgentOptions): Promise<void> {
  outliveReader();
  const agent = new Agent(context, await readAgentConfig(config));
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const refresh = () => void agent.refresh();
  process.on('SIGHUP', refresh);
  const hold = setInterval(() => undefined, HOLD_MILLISECONDS);
  const started = agent.start().then(() => context.notices.say('Everything is there.'));
  try {
    await (once ? Promise.race([started, stopped]) : Promise.race([stopped, started.then(() => stopped)]));
  } finally {
    clearInterval(hold);
    process.off('SIGHUP', refresh);
    started.catch(() => undefined);
    await agent.stop();
  }
}

async function show(context: CommandContext, { config }: AgentOptions): Promise<void> {
  const status = await readStatus((await readAgentConfig(config)).statusFile);
  if (!isAlive(status.pid))
    throw new CliError('not_found', 'The agent is not running any more: start it with muster agent.');
  if (status.state !== 'ok') process.exitCode = 1;
  context.output.result(status, () =>
    context.output.table(
      status.credentials,
      [
        { title: 'KIND', value: ({ kind }) => kind },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'VERSION', value: ({ version }) => version },
        { title: 'STATE', value: ({ failure }) => (failure ? `${failure.code}: ${failure.message}` : status.state) },
      ],
      'It keeps nothing.',
    ),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
