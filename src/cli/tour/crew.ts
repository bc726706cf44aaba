import type { Connection } from '../../client/index.js';
import type { Role } from '../../kernel/index.js';
import type { CommandContext } from '../context.js';

/** A person of the tour's own, signed in. */
export interface CrewMember {
  readonly id: string;
  readonly name: string;
  readonly api: Connection['api'];
}

/** Invites a person and signs them in with their one-time token, as they would themselves. */
export async function enlist(
  context: CommandContext,
  admin: Connection['api'],
  root: string,
  person: { readonly name: string; readonly email: string; readonly role: Role },
): Promise<CrewMember> {
  const { name, email, role } = person;
  const invited = (await admin.POST('/v1/people', { body: { name, email, roles: [role] } })).data!;
  const { session } = (
    await context.connect({ root }).api.POST('/v1/sign-in', { body: { signInToken: invited.signInToken } })
  ).data!;
  return { id: invited.person.id, name, api: context.connect({ root, token: session.token }).api };
}
