import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type ConsumerEvent, keepSecret, type KeptSecret, type Secret } from '../../consumer/index.js';
import { outliveReader } from '../broken-pipe.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { writePrivateFile } from '../private-file.js';
import { run } from '../program.js';
import { wordsOf } from '../workload/event-words.js';
import type { ProofOptions } from '../workload/first-certificate.js';
import { keepFolder, type KeptFolder } from '../workload/kept-folder.js';
import { type OnChange, parseOnChange } from '../workload/on-change.js';
import { patiently } from '../workload/patience.js';
import { SupervisedCommand } from '../workload/supervised-command.js';
import { Template } from '../workload/template.js';
import { proofOptions, wholeSeconds } from './cert.js';

const FOLDER_VARIABLE = 'MUSTER_CERTIFICATE';

interface ExecOptions extends ProofOptions {
  readonly cert: string;
  readonly secret?: string;
  readonly env: readonly string[];
  readonly file: readonly string[];
  readonly onChange?: string;
  readonly settle: number;
  readonly stopWithin: number;
  readonly instance?: string;
  readonly atLeastEvery?: number;
}

/** Runs a program with what it needs to prove itself, always fresh. */
export function execCommand(program: Command): void {
  proofOptions(
    program
      .command('exec')
      .description('run a command with a fresh certificate, or a rotated secret, for as long as it runs')
      .argument('<command...>', 'after --')
      .option(
        '--cert <folder>',
        'the certificate’s folder: renewed in time, fetched where it is empty',
        'muster-certificate',
      )
      .option('--secret <rotation>', 'rot_…: hand over this secret; without it the certificate alone')
      .option(
        '--env <NAME=text>',
        'hand it over in the environment; alone NAME is the secret, else text with {account}, {secret}',
        collect,
        [],
      )
      .option(
        '--file <path=text>',
        'hand it over in a 0600 file, which goes when the command ends; as --env',
        collect,
        [],
      )
      .option(
        '--on-change <what>',
        'restart, signal:SIGHUP or none (it reads the file at each use); a certificate’s is none unless said',
      )
      .option('--settle <seconds>', 'after a signal: when it has taken up what is new', wholeSeconds, 5)
      .option('--stop-within <seconds>', 'before a restart: how long it may take to end', wholeSeconds, 10)
      .option(
        '--at-least-every <seconds>',
        'ask for a new version this often, though the service says later',
        wholeSeconds,
      )
      .option('--instance <name>', 'names this running copy; the host and the command when left out'),
  ).action(run(execute));
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** One running command and what is kept fresh for it. */
interface Scene {
  readonly context: CommandContext;
  readonly options: ExecOptions;
  readonly handed: HandedOver;
  readonly onChange: OnChange;
  readonly command: SupervisedCommand;
  readonly tell: (event: ConsumerEvent) => void;
}

async function execute(context: CommandContext, options: ExecOptions, ...args: unknown[]): Promise<void> {
  outliveReader();
  const words = args[0] as readonly string[];
  const handed = new HandedOver(options);
  const onChange = onChangeOf(options);
  const environment = () => ({ ...process.env, [FOLDER_VARIABLE]: resolve(options.cert), ...handed.environment });
  const command = new SupervisedCommand(words, environment, options.stopWithin * 1000);
  const tell = (event: ConsumerEvent) => {
    const sentence = wordsOf(event);
    if (sentence !== undefined) context.notices.say(`muster: ${sentence}`);
  };
  await supervise({ context, options, handed, onChange, command, tell }, words);
}

async function supervise(scene: Scene, words: readonly string[]): Promise<void> {
  const { context, options, handed, command } = scene;
  let folder: KeptFolder | undefined;
  let secret: KeptSecret | undefined;
  try {
    folder = await untilThere(scene, 'certificate', () =>
      keepFolder(context, options.cert, options, certificateEvents(scene)),
    );
    if (options.secret !== undefined) {
      const kept = folder;
      secret = await untilThere(scene, 'secret', () => startSecret(scene, kept, words));
    }
    const first = secret?.current;
    if (first) await handed.take(first);
    await command.start();
    if (first) secret?.acknowledge(first.version);
    process.exitCode = await command.ended;
  } finally {
    command.release();
    await Promise.all([folder?.certificate.close(), secret?.close()]);
    await handed.remove();
  }
}

function untilThere<Kept>({ tell }: Scene, what: 'certificate' | 'secret', work: () => Promise<Kept>): Promise<Kept> {
  const failed = (error: unknown, retryMilliseconds: number) => {
    const { code, message } = error as { code: string; message: string };
    tell({ kind: 'failed', what, code, message, retryMilliseconds });
  };
  return patiently(work, failed, new AbortController().signal);
}

async function startSecret(scene: Scene, { service, certificate }: KeptFolder, words: readonly string[]) {
  const { options, tell } = scene;
  let isThere = false;
  const kept: KeptSecret = keepSecret({
    service,
    rotation: options.secret!,
    instance: options.instance ?? instanceOf(words),
    certificate: () => certificate.current,
    atLeastEverySeconds: options.atLeastEvery,
    // Whether the first one is tried for again, its caller knows.
    onEvent: (event) => {
      if (isThere || event.kind !== 'failed') tell(event);
    },
    onChange: async (now) => {
      await scene.command.begun;
      await scene.handed.take(now);
      if (await changed(scene)) kept.acknowledge(now.version);
    },
  });
  await kept.start();
  isThere = true;
  return kept;
}

/** A renewed certificate matters to the command only where it is run for it. */
function certificateEvents(scene: Scene): (event: ConsumerEvent) => void {
  return (event) => {
    scene.tell(event);
    if (event.kind !== 'renewed' || scene.options.secret !== undefined || !scene.command.isRunning) return;
    changed(scene).catch((error: Error) => scene.context.notices.say(`muster: ${error.message}`));
  };
}

/** @returns whether what is new is in use now */
async function changed({ command, onChange, options }: Scene): Promise<boolean> {
  if (onChange.kind === 'restart') return command.restart();
  if (onChange.kind === 'none') return true;
  command.signal(onChange.signal);
  await delay(options.settle * 1000, undefined, { ref: false });
  return command.isRunning;
}

/** @throws CliError `option_invalid` */
function onChangeOf({ onChange, secret, env }: ExecOptions): OnChange {
  const chosen = parseOnChange(onChange ?? (secret === undefined ? 'none' : 'restart'));
  if (chosen.kind !== 'restart' && env.length > 0)
    throw new CliError(
      'option_invalid',
      'An environment cannot be changed while a command runs: use --file, or --on-change restart.',
    );
  return chosen;
}

function instanceOf([command]: readonly string[]): string {
  return `${hostname()}-${basename(command!)}`
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .slice(-100)
    .replace(/^[^A-Za-z0-9]+/, '');
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What a command is given of a secret: variables in memory, files for their owner alone. */
class HandedOver {
  private readonly variables: readonly (readonly [string, Template])[];
  private readonly files: readonly (readonly [string, Template])[];
  private filled: Readonly<Record<string, string>> = {};

  /** @throws CliError `option_invalid`, `option_missing` */
  constructor({ secret, env, file }: Pick<ExecOptions, 'secret' | 'env' | 'file'>) {
    this.variables = env.map(named);
    this.files = file.map(named);
    const wrong = this.variables.find(([name]) => !VARIABLE.test(name));
    if (wrong)
      throw new CliError(
        'option_invalid',
        'A variable is named with letters, digits and underscores: --env NAME=text.',
      );
    const handsOver = env.length + file.length > 0;
    if (secret === undefined && handsOver)
      throw new CliError('option_missing', 'Say which secret to hand over: --secret rot_….');
    if (secret !== undefined && !handsOver)
      throw new CliError('option_missing', 'Say how to hand the secret over: --env NAME or --file path.');
  }

  get environment(): Readonly<Record<string, string>> {
    return this.filled;
  }

  async take(secret: Secret): Promise<void> {
    const filled = this.variables.map(([name, template]) => [name, template.fill(secret)] as const);
    if (filled.some(([, text]) => text.includes('\0')))
      throw new CliError('option_invalid', 'This secret fits no environment: hand it over with --file.');
    for (const [path, template] of this.files) await writePrivateFile(path, template.fill(secret));
    this.filled = Object.fromEntries(filled);
  }

  async remove(): Promise<void> {
    await Promise.all(this.files.map(([path]) => rm(path, { force: true })));
  }
}

function named(text: string): readonly [string, Template] {
  const at = text.indexOf('=');
  return at < 0 ? [text, Template.parse('{secret}')] : [text.slice(0, at), Template.parse(text.slice(at + 1))];
}
