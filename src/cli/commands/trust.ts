import { type Command, InvalidArgumentError, Option } from 'commander';
import type { components } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { identityNamed } from '../lookup.js';
import { run } from '../program.js';
import { readNamedFile, writePrivateFile } from '../private-file.js';
import { wholeSeconds } from './cert.js';

type Kind = components['schemas']['Provider']['kind'];

const KINDS = ['github-actions', 'gitlab', 'kubernetes', 'generic'];

interface ProviderOptions {
  readonly kind: Kind;
  readonly issuer: string;
  readonly caFile?: string;
  readonly jwksUri?: string;
  readonly privateNetworkReason?: string;
}

interface TrustOptions {
  readonly provider: string;
  readonly audience: string;
  readonly subject: string;
  readonly pin?: Record<string, string>;
  readonly condition?: string;
  readonly maxTtl?: number;
}

/** Which outside tokens prove which identity. */
export function trustCommands(program: Command): void {
  const provider = program.command('provider').description('who signs tokens that workloads prove themselves by');
  provider
    .command('add')
    .argument('<name>', 'what it is called, for example github')
    .description('believe an OpenID Connect issuer')
    .addOption(new Option('--kind <kind>', 'what it is').choices(KINDS).makeOptionMandatory())
    .requiredOption('--issuer <url>', 'exactly the iss of its tokens')
    .option('--ca-file <pem>', 'its own authorities, believed for it alone')
    .option('--jwks-uri <url>', 'its keys, where it has no discovery document')
    .option('--private-network-reason <words>', 'your consent to an issuer on a private address, and why')
    .action(run(addProvider));
  provider.command('list').description('all providers').action(run(listProviders));
  const trust = program.command('trust').description('which of their tokens prove which identity');
  trust
    .command('add')
    .argument('<identity>', 'id or name')
    .description('let a job’s token prove an identity')
    .requiredOption('--provider <id>', 'who signs it')
    .requiredOption('--audience <aud>', 'exactly one value of its aud')
    .requiredOption('--subject <sub>', 'its sub, or its beginning up to a separator and *')
    .option('--pin <claim=value…>', 'numeric ids, for example repository_id=741852963', collectPin)
    .option('--condition <cel>', 'a CEL condition over claims')
    .option('--max-ttl <seconds>', 'the longest certificate it gives', wholeSeconds)
    .action(run(addTrust));
  trust.command('list').option('--identity <identity>', 'id or name').description('all trusts').action(run(listTrusts));
  trust
    .command('remove')
    .argument('<trust>', 'trs_…')
    .description('stop believing; nothing is issued by it any more')
    .action(run(removeTrust));
  program
    .command('join-token')
    .argument('<identity>', 'id or name')
    .description('make a one-time token for a workload that has no other proof; good for 10 minutes')
    .requiredOption('--out <file>', 'the 0600 file it goes to')
    .action(run(makeJoinToken));
}

function collectPin(text: string, pins: Record<string, string> | undefined): Record<string, string> {
  const [claim, ...value] = text.split('=');
  if (!claim || value.length === 0) throw new InvalidArgumentError('Give pins as claim=value.');
  return { ...pins, [claim]: value.join('=') };
}

async function addProvider(context: CommandContext, options: ProviderOptions, name: string): Promise<void> {
  const caCertificates = options.caFile === undefined ? null : (await readNamedFile(options.caFile)).toString();
  const reason = options.privateNetworkReason;
  const { data } = await (
    await context.signedIn()
  ).api.POST('/v1/providers', {
    body: {
      name,
      kind: options.kind,
      issuer: options.issuer,
      caCertificates,
      jwksUri: options.jwksUri ?? null,
      privateNetwork: reason === undefined ? null : { reason },
    },
  });
  context.output.result(data, () =>
    context.output.say(
      `${data!.name} is ${data!.id}. Trust it with: muster trust add IDENTITY --provider ${data!.id} --audience … --subject …`,
    ),
  );
}

async function listProviders(context: CommandContext): Promise<void> {
  const { data } = await (await context.signedIn()).api.GET('/v1/providers', { params: { query: { limit: 200 } } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'KIND', value: ({ kind }) => kind },
        { title: 'ISSUER', value: ({ issuer }) => issuer },
        { title: 'STATUS', value: ({ status }) => status },
      ],
      'Nobody is believed yet. Add an issuer with: muster provider add --help',
    ),
  );
}

async function addTrust(context: CommandContext, options: TrustOptions, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id: identityId } = await identityNamed(api, named);
  const { provider: providerId, audience, subject, pin, condition, maxTtl } = options;
  const body = {
    identityId,
    providerId,
    audience,
    subject,
    pins: pin ?? {},
    condition: condition ?? null,
    maxTtlSeconds: maxTtl ?? null,
  };
  const { data } = await api.POST('/v1/trusts', { body });
  context.output.result(data, () => context.output.say(`${data!.id}: ${data!.subject} proves ${named}.`));
}

async function listTrusts(context: CommandContext, options: { identity?: string }): Promise<void> {
  const { api } = await context.signedIn();
  const identityId = options.identity === undefined ? undefined : (await identityNamed(api, options.identity)).id;
  const { data } = await api.GET('/v1/trusts', {
    params: { query: { limit: 200, ...(identityId !== undefined && { identityId }) } },
  });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'IDENTITY', value: ({ identityId: identity }) => identity },
        { title: 'AUDIENCE', value: ({ audience }) => audience },
        { title: 'SUBJECT', value: ({ subject }) => subject },
        {
          title: 'PINS',
          value: ({ pins }) =>
            Object.entries(pins)
              .map((pin) => pin.join('='))
              .join(' '),
        },
        { title: 'STATUS', value: ({ status }) => status },
      ],
      'Nothing is trusted yet. Add a trust with: muster trust add --help',
    ),
  );
}

async function removeTrust(context: CommandContext, _options: object, id: string): Promise<void> {
  await (await context.signedIn()).api.DELETE('/v1/trusts/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () => context.output.say('Removed.'));
}

async function makeJoinToken(context: CommandContext, options: { out: string }, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await identityNamed(api, named);
  const { data } = await api.POST('/v1/identities/{id}/join-tokens', { params: { path: { id } } });
  await writePrivateFile(options.out, `${data!.token}\n`);
  context.output.result({ id: data!.id, expiresAt: data!.expiresAt, file: options.out }, () =>
    context.output.say(
      `${options.out} holds a join token, good once until ${data!.expiresAt}: muster cert --join-token-file ${options.out}`,
    ),
  );
}
