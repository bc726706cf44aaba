import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { type DeclaredIdentity, readIdentitiesFile } from '../identities-file.js';
import { INTERRUPTED } from '../interruption.js';
import { run } from '../program.js';
import { travel } from '../tour/journey.js';
import { ORDER_ENTRY } from '../tour/order-entry.js';
import { botAsksItsHuman } from '../tour/steps/bot-consent.js';
import {
  fetchAccessToken,
  fetchFirstCertificate,
  placeOrder,
  refuseOthers,
  trustCi,
} from '../tour/steps/certificates.js';
import { adoptShadow, retireShadow, scanRepository } from '../tour/steps/discover.js';
import { stepUp } from '../tour/steps/presence.js';
import { proveCertificate, proveLog } from '../tour/steps/prove.js';
import { approve, register } from '../tour/steps/register.js';
import { registerDatabase, review } from '../tour/steps/review.js';
import { readLedger, revoke } from '../tour/steps/revoke.js';
import { rotate } from '../tour/steps/rotate.js';
import { gatherPeople, signIn } from '../tour/steps/sign-in.js';
import { Tour } from '../tour/tour.js';

const JOB = [
  signIn,
  gatherPeople,
  register,
  approve,
  trustCi,
  fetchFirstCertificate,
  fetchAccessToken,
  botAsksItsHuman,
  placeOrder,
  refuseOthers,
  stepUp,
  revoke,
  readLedger,
  registerDatabase,
  rotate,
  review,
];
const DISCOVERY = [scanRepository, adoptShadow, retireShadow];
const PROOF = [proveCertificate, proveLog];

const BOT: DeclaredIdentity = {
  name: 'payments-settlement-bot',
  kind: 'bot',
  environment: 'production',
  purpose: 'Settles card payments with the clearing house at the end of each day, and places the hedging orders for it',
  criticality: 'high',
  dataClasses: ['customer-information', 'order-entry'],
  privileged: false,
  grants: [{ ...ORDER_ENTRY, purpose: 'place the hedging orders of the settlement run' }],
};

interface TourOptions {
  readonly file?: string;
  readonly keep?: string;
  readonly data: string;
  readonly scan?: string;
}

export function tourCommand(program: Command): void {
  program
    .command('tour')
    .description('do the main job against the running service, step by step, and prove each one')
    .option('--file <yaml>', 'identities of your own; the first one does the job')
    .option(
      '--scan <path>',
      'look through a repository of yours, too: in a copy, where a shadow is planted, found, adopted and retired; names and paths of what is found stay in the service',
    )
    .option('--keep <folder>', 'leave certificate, chain, CRL, checkpoint, ledger and export there')
    .option('--data <folder>', 'the service’s data folder, on its own machine', 'data')
    .action(run(tour));
}

async function tour(context: CommandContext, options: TourOptions): Promise<void> {
  const declared = options.file === undefined ? [BOT] : await readIdentitiesFile(options.file);
  const first = declared[0]!;
  if (!first.grants.some(({ target, scope }) => target === ORDER_ENTRY.target && scope === ORDER_ENTRY.scope))
    throw new CliError(
      'option_invalid',
      `The first identity of the file does the tour's job: give it the grant ${ORDER_ENTRY.scope} on ${ORDER_ENTRY.target}.`,
    );
  const steps = [...JOB, ...(options.scan === undefined ? [] : DISCOVERY), ...PROOF];
  const mark = randomBytes(3).toString('hex');
  const journey = new Tour(context, mark, declared, options.data, options.keep, options.scan);
  const interruption = new AbortController();
  process.once('SIGINT', () => {
    context.notices.say('Interrupted: the tour ends after this step, and cleans up.');
    process.exitCode = INTERRUPTED;
    interruption.abort();
  });
  context.output.say(`Muster's main job, run ${journey.run}, against ${context.url}\n`);
  const reports = await travel(steps, journey, context.output, interruption.signal);
  const left = await journey.cleanUp();
  const done = reports.length === steps.length && reports.every(({ ok }) => ok);
  for (const problem of left) context.output.say(`! not cleaned up: ${problem}`);
  if (!done || left.length > 0) process.exitCode ||= 1;
  if (!done) return;
  const seconds = reports.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  const leftOut = reports.filter((report) => report.leftOut).length;
  const held =
    leftOut === 0 ? `All ${steps.length} steps held` : `${steps.length - leftOut} steps held, ${leftOut} left out`;
  context.output.say(
    `\n${held}, in ${seconds.toFixed(1)} s. The tour's people and database are removed, its identities retired.`,
  );
  if (options.keep !== undefined)
    context.output.say(
      `What it leaves to check lies in ${options.keep}; the README says how, with openssl and curl alone.`,
    );
}
