import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Id, Role } from '../../src/kernel/index.js';
import { type Place, Visitor } from './visitor.js';

/** A person with a session. */
export interface SignedIn {
  readonly id: Id<'person'>;
  readonly token: string;
  readonly visitor: Visitor;
}

interface Started {
  readonly person: { readonly id: Id<'person'> };
  readonly session: { readonly token: string };
}
interface Invited {
  readonly person: { readonly id: Id<'person'> };
  readonly signInToken: string;
}

/** The people of a test, who come in by the doors that everybody uses: the setup token, and invitations. */
export class Cast {
  private first: Promise<SignedIn> | undefined;

  constructor(
    private readonly place: Place,
    private readonly dataDirectory: string,
  ) {}

  /** The first administrator, made with the setup token in the data directory. */
  administrator(): Promise<SignedIn> {
    return (this.first ??= this.setUp());
  }

  /** A new person of these roles, invited by the administrator. */
  async signInAs(...roles: readonly Role[]): Promise<SignedIn> {
    const { visitor } = await this.administrator();
    const name = `${roles.join(' and ')} ${randomBytes(4).toString('hex')}`;
    const email = `${name.replaceAll(' ', '.')}@example.com`;
    const invited = await visitor.post<Invited>('/v1/people', { name, email, roles });
    const { session } = await visitor
      .as({})
      .post<Pick<Started, 'session'>>('/v1/sign-in', { signInToken: invited.signInToken });
    return this.signedIn(invited.person.id, session.token);
  }

  private async setUp(): Promise<SignedIn> {
    const setupToken = (await readFile(path.join(this.dataDirectory, 'setup-token'), 'utf8')).trim();
    const body = { setupToken, name: 'Ada Administrator', email: 'ada@example.com' };
    const { person, session } = await new Visitor(this.place).post<Started>('/v1/setup', body);
    return this.signedIn(person.id, session.token);
  }

  private signedIn(id: Id<'person'>, token: string): SignedIn {
    return { id, token, visitor: new Visitor(this.place, { token }) };
  }
}
