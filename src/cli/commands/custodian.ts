import type { Command } from 'commander';
import { IDENTITY_COLUMNS } from '../columns.js';
import type { CommandContext } from '../context.js';
import { identityNamed, personNamed } from '../lookup.js';
import { run } from '../program.js';

/** Who answers for what, and handing it over; the teams they stand in. */
export function custodianCommands(program: Command): void {
  const custodian = program.command('custodian').description('who answers for which identity');
  custodian
    .command('list')
    .argument('[person]', 'id, name or e-mail address; without one, yourself')
    .description('what somebody answers for')
    .action(run(list));
  custodian
    .command('hand-over')
    .argument('<identity>', 'id or name')
    .description('name both custodians anew')
    .requiredOption('--to <person>', 'who answers for it from now on: id, name or e-mail address')
    .requiredOption('--backup <person>', 'who answers for it when they leave')
    .action(run(handOver));
  const team = program.command('team').description('the teams identities belong to');
  team
    .command('create')
    .argument('<name>', 'what it is called, for example payments')
    .description('make a team')
    .option('--manager <person>', 'who leads it')
    .option('--member <person…>', 'a member; may be given again', (id: string, ids: string[] | undefined) => [
      ...(ids ?? []),
      id,
    ])
    .action(run(createTeam));
  team.command('list').description('all teams').action(run(listTeams));
}

async function list(context: CommandContext, _options: object, person: string | undefined): Promise<void> {
  const { api } = await context.signedIn();
  const custodianId = person === undefined ? (await context.session()).personId : await personNamed(api, person);
  const { data } = await api.GET('/v1/identities', { params: { query: { custodianId, limit: 200 } } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      IDENTITY_COLUMNS,
      `${person === undefined ? 'You' : 'They'} answer for no identity.`,
    ),
  );
}

async function handOver(
  context: CommandContext,
  options: { to: string; backup: string },
  named: string,
): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await identityNamed(api, named);
  const [primaryCustodianId, backupCustodianId] = [
    await personNamed(api, options.to),
    await personNamed(api, options.backup),
  ];
  const body = { primaryCustodianId, backupCustodianId };
  const { data } = await api.POST('/v1/identities/{id}/hand-over', { params: { path: { id } }, body });
  context.output.result(data, () => context.output.say(`${data!.name} is handed over.`));
}

async function createTeam(
  context: CommandContext,
  options: { manager?: string; member?: string[] },
  name: string,
): Promise<void> {
  const { api } = await context.signedIn();
  const managerId = options.manager === undefined ? null : await personNamed(api, options.manager);
  const memberIds = await Promise.all((options.member ?? []).map((member) => personNamed(api, member)));
  const { data } = await api.POST('/v1/teams', { body: { name, managerId, memberIds } });
  context.output.result(data, () => context.output.say(`${data!.name} is ${data!.id}.`));
}

async function listTeams(context: CommandContext): Promise<void> {
  const { data } = await (await context.signedIn()).api.GET('/v1/teams', { params: { query: { limit: 200 } } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'MEMBERS', value: ({ memberIds }) => memberIds.length },
      ],
      'No teams yet. Make one with: muster team create <name>',
    ),
  );
}
