import { type Command, Option } from 'commander';
import type { components } from '../../client/index.js';
import { GRANT_COLUMNS, IDENTITY_COLUMNS } from '../columns.js';
import type { CommandContext } from '../context.js';
import { identityNamed, personNamed, teamNamed } from '../lookup.js';
import { run } from '../program.js';

type Identity = components['schemas']['Identity'];
type NewIdentity = components['schemas']['NewIdentity'];

const KINDS = ['service-account', 'bot', 'ci-pipeline', 'workload', 'ai-agent', 'third-party-integration', 'api-key'];
const CRITICALITIES = ['low', 'medium', 'high', 'critical'];
const DATA_CLASSES = ['customer-information', 'pii', 'order-entry', 'cardholder-data'];

interface RegisterOptions {
  readonly kind: NewIdentity['kind'];
  readonly environment: string;
  readonly team: string;
  readonly purpose: string;
  readonly custodian: string;
  readonly backup: string;
  readonly criticality?: NewIdentity['criticality'];
  readonly dataClass?: NewIdentity['dataClasses'];
  readonly privileged?: boolean;
  readonly spiffeId?: string;
}

/** Machine identities: registering them, seeing them, and their life. */
export function identityCommands(program: Command): void {
  program
    .command('register')
    .argument('<name>', 'what it is called, for example settlement-bot')
    .description('register a machine identity with its two custodians')
    .addOption(new Option('--kind <kind>', 'what it is').choices(KINDS).makeOptionMandatory())
    .requiredOption('--environment <name>', 'where it runs, for example production')
    .requiredOption('--team <team>', 'the team it belongs to: id or name')
    .requiredOption('--purpose <words>', 'what it is for, in words')
    .requiredOption('--custodian <person>', 'who answers for it: id, name or e-mail address')
    .requiredOption('--backup <person>', 'who answers for it when they leave')
    .addOption(new Option('--criticality <level>', 'how bad its loss would be').choices(CRITICALITIES))
    .addOption(new Option('--data-class <class…>', 'what data it touches').choices(DATA_CLASSES).argParser(collect))
    .option('--privileged', 'it can change what others may do; needs somebody else’s approval')
    .option('--spiffe-id <id>', 'a SPIFFE ID of this trust domain, instead of the usual one')
    .action(run(register));
  program
    .command('list')
    .description('machine identities')
    .option('--search <text>', 'words that are part of name, SPIFFE id or purpose')
    .option('--status <status>', 'pending, active, suspended or retired')
    .action(run(list));
  program
    .command('get')
    .argument('<identity>', 'id or name')
    .description('one identity, and what it may have now')
    .action(run(get));
  program
    .command('activate')
    .argument('<identity>', 'id or name')
    .description('let a pending identity work, once somebody else has approved')
    .action(run(activate));
  for (const [verb, path, words] of LIFE)
    program
      .command(verb)
      .argument('<identity>', 'id or name')
      .requiredOption('--reason <words>', 'why, for the log')
      .description(words)
      .action(run((context, { reason }: { reason: string }, identity) => live(context, identity, path, reason)));
}

const LIFE = [
  ['suspend', 'suspension', 'stop an identity: no new credentials, and enforcement points refuse it'],
  ['resume', 'resumption', 'let a suspended identity work again'],
  ['retire', 'retirement', 'end an identity for good; its identifiers are never given again'],
] as const;

function collect(value: string, values: string[] | undefined): string[] {
  return [...(values ?? []), value];
}

async function register(context: CommandContext, options: RegisterOptions, name: string): Promise<void> {
  const { kind, environment, purpose, criticality, dataClass, privileged, spiffeId } = options;
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/identities', {
    body: {
      name,
      kind,
      environment,
      teamId: await teamNamed(api, options.team),
      purpose,
      primaryCustodianId: await personNamed(api, options.custodian),
      backupCustodianId: await personNamed(api, options.backup),
      ...(criticality !== undefined && { criticality }),
      ...(dataClass !== undefined && { dataClasses: dataClass }),
      ...(privileged !== undefined && { privileged }),
      ...(spiffeId !== undefined && { spiffeId }),
    },
  });
  const identity = data!;
  context.output.result(identity, () => {
    showIdentity(context, identity);
    if (identity.status === 'pending') {
      context.output.say();
      context.output.say(
        `Somebody else must approve first: muster approval approve ${identity.approvalId ?? '…'} --reason '…'`,
      );
      context.output.say(`Then: muster activate ${identity.name}`);
    }
  });
}

async function list(context: CommandContext, options: { search?: string; status?: Identity['status'] }): Promise<void> {
  const { search, status } = options;
  const query = { limit: 200, ...(search !== undefined && { q: search }), ...(status !== undefined && { status }) };
  const { data } = await (await context.signedIn()).api.GET('/v1/identities', { params: { query } });
  context.output.result(data, () => {
    context.output.table(data!.items, IDENTITY_COLUMNS, 'No identity fits. Register one with: muster register --help');
    if (data!.nextCursor !== null) context.output.say('… and more: narrow it down with --search.');
  });
}

async function get(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const path = { id: (await identityNamed(api, named)).id };
  const [identity, grants] = await Promise.all([
    api.GET('/v1/identities/{id}', { params: { path } }),
    api.GET('/v1/identities/{id}/grants', { params: { path } }),
  ]);
  context.output.result({ ...identity.data!, grants: grants.data!.items }, () => {
    showIdentity(context, identity.data!);
    context.output.say();
    context.output.table(
      grants.data!.items,
      GRANT_COLUMNS,
      'It holds no grants. Add one with: muster grant add --help',
    );
  });
}

async function activate(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await identityNamed(api, named);
  const { data } = await api.POST('/v1/identities/{id}/activation', { params: { path: { id } } });
  context.output.result(data, () => context.output.say(`${data!.name} is ${data!.status}.`));
}

async function live(
  context: CommandContext,
  named: string,
  step: (typeof LIFE)[number][1],
  reason: string,
): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await identityNamed(api, named);
  const { data } = await api.POST(`/v1/identities/{id}/${step}`, { params: { path: { id } }, body: { reason } });
  context.output.result(data, () => context.output.say(`${data!.name} is ${data!.status}.`));
}

function showIdentity({ output }: CommandContext, identity: Identity): void {
  const { standing } = identity;
  const longest =
    standing.maxTtlSeconds === null ? 'as long as its profile allows' : `for at most ${standing.maxTtlSeconds} s`;
  output.facts([
    ['name', identity.name],
    ['id', identity.id],
    ['SPIFFE ID', identity.spiffeId],
    ['kind', identity.kind],
    ['environment', identity.environment],
    ['purpose', identity.purpose],
    ['data classes', identity.dataClasses.join(', ')],
    ['criticality', identity.criticality],
    ['status', identity.status + (identity.statusReason === null ? '' : ` (${identity.statusReason})`)],
    ['custodian', identity.primaryCustodianId],
    ['backup', identity.backupCustodianId],
    ['hand-over due', identity.handoverDueAt],
    ['review due', identity.reviewDueAt && `${identity.reviewDueAt} (${identity.reviewId})`],
    [
      'risk analysis expires',
      identity.riskAnalysisExpiresAt && `${identity.riskAnalysisExpiresAt} (${identity.riskAnalysisId})`,
    ],
    ['credentials', standing.issues ? `given, ${longest}` : `none: ${standing.reason ?? standing.code ?? ''}`],
  ]);
}
