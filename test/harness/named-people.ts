import type { Id, Principal, Role } from '../../src/kernel/index.js';
import type { Authenticator, ShownCredentials, SystemClock } from '../../src/platform/index.js';

interface Known {
  readonly id: Id<'person'>;
  readonly roles: readonly Role[];
}

/** Whoever says a known person's name is that person. */
export class NamedPeople implements Authenticator {
  readonly known = new Map<string, Known>();

  constructor(private readonly clock: SystemClock) {}

  /** People of one role each, who go by its name. */
  static byRole(people: ReadonlyMap<Role, Id<'person'>>, clock: SystemClock): NamedPeople {
    const named = new NamedPeople(clock);
    for (const [role, id] of people) named.known.set(role, { id, roles: [role] });
    return named;
  }

  async authenticate({ bearer }: ShownCredentials): Promise<Principal | undefined> {
    const person = this.known.get(bearer ?? '');
    if (!person) return undefined;
    return {
      kind: 'person',
      id: person.id,
      sessionId: 'ses_0192f0c1a2b37c4d8e5f60718293a4b5',
      roles: person.roles,
      acr: 'loa1',
      amr: [],
      proofs: {},
      authenticatedAt: this.clock.now(),
    };
  }
}
