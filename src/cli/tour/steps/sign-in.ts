import { readCheckpoint, sizeOfCheckpoint } from '../../audit-export.js';
import { becomeFirstAdministrator } from '../../commands/login.js';
import { CliError } from '../../errors.js';
import { mutualUrlOf } from '../../mutual-url.js';
import { readFileIfAny } from '../../private-file.js';
import { type CrewMember, enlist } from '../crew.js';
import { expectThat, type Step } from '../journey.js';
import type { Tour } from '../tour.js';

export const signIn: Step<Tour> = {
  title: 'Sign in as an administrator',
  proves: 'The service is reached over TLS under its own root, pinned by fingerprint; nobody is trusted on first use.',
  async run(tour) {
    const { context } = tour;
    const root = tour.leave('root', await context.root(tour.dataFolder));
    const how = await haveSession(tour, root);
    const { token } = await context.session();
    const admin = tour.leave('admin', context.connect({ root, token }));
    const me = (await admin.api.GET('/v1/me')).data!;
    expectThat(
      me.person.roles.includes('administrator'),
      'The tour needs the session of an administrator. Sign in as one.',
    );
    const anonymous = context.connect({ root });
    tour.leave('firstIndex', sizeOfCheckpoint(await readCheckpoint(anonymous)));
    tour.leave('mutualUrl', await mutualUrlOf(anonymous));
    tour.leave('issuer', (await anonymous.api.GET('/.well-known/oauth-authorization-server', {})).data!.issuer);
    return `${how} as ${me.person.name} (${me.person.id})`;
  },
};

async function haveSession({ context, dataFolder }: Tour, root: string): Promise<string> {
  if (await context.sessions.find(context.url, context.now())) return 'signed in by the session that muster login left';
  const setupToken = (await readFileIfAny(`${dataFolder}/setup-token`))?.trim();
  if (!setupToken)
    throw new CliError(
      'not_signed_in',
      'Nobody is signed in, and the setup token is spent or not readable here. Sign in with: muster login, or on the service’s machine: muster admin sign-in',
    );
  const name = 'First administrator';
  await becomeFirstAdministrator(context, root, { setupToken, name, email: 'administrator@localhost.localdomain' });
  return `became the first administrator with ${dataFolder}/setup-token; the session is yours to keep, signed in`;
}

export const gatherPeople: Step<Tour> = {
  title: 'Invite four people and make a team',
  proves: 'Everybody acts as themselves: whoever registers, answers and approves are different people.',
  async run(tour) {
    const admin = tour.get('admin').api;
    const root = tour.get('root');
    const member = async (name: string, role: 'platform-engineer' | 'custodian') => {
      const email = `${name.toLowerCase()}-${tour.run}@tour.example`;
      const person = await enlist(tour.context, admin, root, { name: `${name} (tour ${tour.run})`, email, role });
      tour.atTheEnd(() => admin.DELETE('/v1/people/{id}', { params: { path: { id: person.id } } }));
      return person;
    };
    const crew = tour.leave('crew', {
      engineer: await member('Paula', 'platform-engineer'),
      custodian: await member('Carla', 'custodian'),
      backup: await member('Bruno', 'custodian'),
      approver: await member('Aisha', 'custodian'),
    });
    const names = Object.values(crew).map(({ name }: CrewMember) => name.split(' ')[0]);
    return `${names.join(', ')} signed in with one-time tokens`;
  },
};
