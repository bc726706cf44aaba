import type { Connection } from '../../../client/index.js';
import type { Role } from '../../../kernel/index.js';
import { readCheckpoint, sizeOfCheckpoint } from '../../audit-export.js';
import { becomeFirstAdministrator } from '../../commands/login.js';
import { CliError } from '../../errors.js';
import { mutualUrlOf } from '../../mutual-url.js';
import { readFileIfAny } from '../../private-file.js';
import { enlist, present } from '../crew.js';
import { expectThat, type Step } from '../journey.js';
import type { Tour } from '../tour.js';

export const signIn: Step<Tour> = {
  title: 'Sign in as an administrator',
  proves: 'The service is reached over TLS under its own root, pinned by fingerprint; nobody is trusted on first use.',
  async run(tour) {
    const { context } = tour;
    const root = tour.leave('root', await context.root(tour.dataFolder));
    const how = await haveSession(tour, root);
    const anonymous = context.connect({ root });
    tour.leave('firstIndex', sizeOfCheckpoint(await readCheckpoint(anonymous)));
    tour.leave('mutualUrl', await mutualUrlOf(anonymous));
    tour.leave('issuer', (await anonymous.api.GET('/.well-known/oauth-authorization-server', {})).data!.issuer);
    const { me, lent } = await beAdministrator(tour, root);
    return `${how} as ${me.person.name} (${me.person.id})${lent ? `; ${lent}` : ''}`;
  },
};

/**
 * The user's own session. Where they have a passkey they are asked to show it, twice. Somebody who has just come with a
 * one-time token has none yet: the tour lends them one in software, and takes it away again as the last thing it does.
 */
async function beAdministrator(tour: Tour, root: string) {
  const { context } = tour;
  const { token } = await context.session();
  const asked = context.connectAs(root, token);
  const me = (await asked.api.GET('/v1/me')).data!;
  expectThat(
    me.person.roles.includes('administrator'),
    'The tour needs the session of an administrator. Sign in as one.',
  );
  if (me.authenticators.reach !== null) {
    tour.leave('user', { connection: asked, mayForget: me.authenticators.reach === 'loa4' });
    return { me, lent: undefined };
  }
  const { connection, presence, post } = present(context, root, token);
  const id = await presence.enrol(post, tour.get('issuer'), `Tour ${tour.run}`).catch(tooOld);
  tour.atTheEnd(() => connection.api.DELETE('/v1/authenticators/{id}', { params: { path: { id } } }));
  tour.leave('user', { connection, mayForget: true });
  return { me, lent: 'without a passkey yet, so for these minutes with one in software' };
}

function tooOld(error: unknown): never {
  if ((error as { code?: unknown }).code !== 'sign_in_too_old') throw error;
  throw new CliError(
    'not_signed_in',
    'You have no passkey, and signed in too long ago to be lent one. Enrol yours in the browser, or come in again: muster logout, then on the service’s machine muster admin sign-in, then muster login --token-file -',
  );
}

async function haveSession({ context, dataFolder }: Tour, root: string): Promise<string> {
  if (await context.sessions.find(context.url, context.now())) return 'signed in by the session that muster login left';
  const setupToken = (await readFileIfAny(`${dataFolder}/setup-token`))?.trim();
  if (!setupToken)
    throw new CliError(
      'not_signed_in',
      `Nobody is signed in to ${context.url}, and the setup token is spent or not readable here. Name another service with --url, or sign in with: muster login, or on the service’s machine: muster admin sign-in`,
    );
  const name = 'First administrator';
  await becomeFirstAdministrator(context, root, { setupToken, name, email: 'administrator@localhost.localdomain' });
  return `became the first administrator with ${dataFolder}/setup-token; the session is yours to keep, signed in`;
}

export const gatherPeople: Step<Tour> = {
  title: 'Invite five people, who enrol passkeys',
  proves: 'Everybody acts as themselves: whoever registers, answers and approves are different people.',
  async run(tour) {
    const service = { root: tour.get('root'), origin: tour.get('issuer') };
    const member = async (name: string, role: Role, by: Connection['api'], letGo = remove) => {
      const email = `${name.toLowerCase()}-${tour.run}@tour.example`;
      const person = await enlist(tour.context, by, service, { name: `${name} (tour ${tour.run})`, email, role });
      tour.atTheEnd(() => letGo(by, person.id));
      return person;
    };
    const user = tour.get('user');
    const administrator = await member(
      'Olivia',
      'administrator',
      user.connection.api,
      user.mayForget ? remove : depart,
    );
    tour.leave('admin', administrator.connection);
    const admin = administrator.api;
    const crew = tour.leave('crew', {
      engineer: await member('Paula', 'platform-engineer', admin),
      custodian: await member('Carla', 'custodian', admin),
      backup: await member('Bruno', 'custodian', admin),
      approver: await member('Aisha', 'custodian', admin),
    });
    const { engineer, custodian, backup, approver } = crew;
    const names = [administrator, engineer, custodian, backup, approver].map(({ name }) => name.split(' ')[0]);
    return `${names.join(', ')} signed in with one-time tokens, each with a passkey (in software) from then on`;
  },
};

function remove(by: Connection['api'], id: string): Promise<unknown> {
  return by.DELETE('/v1/people/{id}', { params: { path: { id } } });
}

/** For whoever has no key that cannot leave its device, which forgetting somebody takes. */
function depart(by: Connection['api'], id: string): Promise<unknown> {
  return by.POST('/v1/people/{id}/departure', { params: { path: { id } } });
}
