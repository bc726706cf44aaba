import { type Connection, type Post, postOver, SoftwarePresence } from '../../client/index.js';
import type { Role } from '../../kernel/index.js';
import type { CommandContext } from '../context.js';

/** A person of the tour's own, signed in, who steps up whenever they are asked to. */
export interface CrewMember {
  readonly id: string;
  readonly name: string;
  readonly connection: Connection;
  readonly api: Connection['api'];
  /** The same session, in which nobody steps up. */
  readonly plain: Connection;
  readonly presence: SoftwarePresence;
  readonly post: Post;
}

/** Invites a person and has them come as anybody would: with their one-time token, and then with a passkey. */
export async function enlist(
  context: CommandContext,
  admin: Connection['api'],
  service: { readonly root: string; readonly origin: string },
  person: { readonly name: string; readonly email: string; readonly role: Role },
): Promise<CrewMember> {
  const { root, origin } = service;
  const { name, email, role } = person;
  const invited = (await admin.POST('/v1/people', { body: { name, email, roles: [role] } })).data!;
  const { session } = (
    await context.connect({ root }).api.POST('/v1/sign-in', { body: { signInToken: invited.signInToken } })
  ).data!;
  const member = present(context, root, session.token!);
  await member.presence.enrol(member.post, origin);
  return { id: invited.person.id, name, ...member };
}

/** A session with somebody behind it who has an authenticator in software, or enrols it when they are asked for one. */
export function present(context: CommandContext, root: string, token: string): Omit<CrewMember, 'id' | 'name'> {
  const presence = new SoftwarePresence();
  const plain = context.connect({ root, token });
  const post = postOver(plain);
  const connection = context.connect({ root, token, stepUp: (asked) => presence.prove(post, asked) });
  return { connection, api: connection.api, plain, presence, post };
}
