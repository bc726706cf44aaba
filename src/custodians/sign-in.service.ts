import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { type Actor, type Id, principalName } from '../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { CustodyError } from './domain/errors.js';
import { personImage, sessionImage, signInTokenImage } from './domain/images.js';
import { activate, isHere, type Person } from './domain/person.js';
import { BY_TOKEN, originOf } from './domain/session.js';
import { isOpaqueToken, tokenHash } from './domain/opaque-token.js';
import { isSpendable, type SignInToken } from './domain/sign-in-token.js';
import { PeopleRepository } from './people.repository.js';
import { Sessions, type StartedSession } from './sessions.service.js';
import { SessionsRepository } from './sessions.repository.js';
import { SignInRepository } from './sign-in.repository.js';
import { type IssuedSignIn, SignInTokens } from './sign-in-tokens.js';

/** Signing in, for now by one-time tokens: the mechanism that will enrol passkeys. */
@Injectable()
export class SignIn {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly people: PeopleRepository,
    private readonly repository: SignInRepository,
    private readonly tokens: SignInTokens,
    private readonly sessions: Sessions,
    private readonly sessionRows: SessionsRepository,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * Spends a one-time token: of any number of attempts at once exactly one succeeds. The first sign-in makes an invited
   * person active.
   *
   * @throws CustodyError `sign_in_refused`, the same for unknown, spent, withdrawn and expired tokens
   */
  signIn(actor: Actor, token: string): Promise<StartedSession> {
    if (!isOpaqueToken('sign-in', token)) return Promise.reject(refused());
    const hash = tokenHash(token);
    return this.unitOfWork.run(async (tx) => {
      const at = this.clock.now();
      const { person, spendable } = await this.lockSpendable(tx, hash, at);
      const active = activate(person, at);
      await this.repository.spend(tx, spendable.id, at);
      if (active !== person) await this.people.save(tx, active);
      const started = await this.sessions.start(tx, active.id, at, { ...BY_TOKEN, beganBy: originOf(spendable) });
      await this.audit.append(tx, {
        type: 'session.started',
        actor: signedIn(actor, active, started),
        subject: active.id,
        before: { person: personImage(person), sign_in_token: signInTokenImage(spendable) },
        after: {
          person: personImage(active),
          sign_in_token: signInTokenImage({ ...spendable, spentAt: at }),
          session: sessionImage(started.session),
        },
      });
      return started;
    });
  }

  /**
   * Makes an administrator a way back in, for whoever stands at the server's own terminal. Only while no administrator
   * has a session that holds; every administrator is told afterwards.
   *
   * @param id which administrator; without it the longest-standing one
   * @throws CustodyError `setup_pending`, `administrator_signed_in`, `no_administrator`
   */
  print(actor: Actor, id?: Id<'person'>): Promise<IssuedSignIn> {
    return this.unitOfWork.run(async (tx) => {
      const at = this.clock.now();
      const person = await this.lockAdministrator(tx, id);
      if ((await this.sessionRows.countOfAdministrators(tx, at)) > 0)
        throw new CustodyError(
          'administrator_signed_in',
          'An administrator is signed in; ask them for a sign-in token.',
        );
      const issued = await this.tokens.issue(tx, 'admin-sign-in', person.id, principalName(actor.principal), at);
      await this.audit.append(tx, {
        type: 'sign-in.printed',
        actor,
        subject: person.id,
        after: signInTokenImage(issued.row),
      });
      return issued;
    });
  }

  /** Person before token, the order in which a departure locks them too. */
  private async lockSpendable(tx: Tx, hash: Buffer, at: Date): Promise<{ person: Person; spendable: SignInToken }> {
    const found = await this.repository.find(tx, hash);
    if (!found || found.personId === null || !isSpendable(found, at)) throw refused();
    const person = await this.people.lockOne(tx, found.personId);
    const spendable = await this.repository.lock(tx, hash);
    if (!spendable || !isSpendable(spendable, at) || !isHere(person)) throw refused();
    return { person, spendable };
  }

  private async lockAdministrator(tx: Tx, id: Id<'person'> | undefined): Promise<Person> {
    if ((await this.repository.findSetup(tx)).completedAt === null)
      throw new CustodyError('setup_pending', 'Muster has not been set up; sign in with the setup token.');
    const wanted = id ?? (await this.people.findFirstAdministrator(tx))?.id;
    const person = wanted && (await this.people.lock(tx, [wanted])).get(wanted);
    if (person?.status !== 'active' || !person.roles.includes('administrator'))
      throw new CustodyError(
        'no_administrator',
        'Name an active administrator, or nobody for the longest-standing one.',
      );
    return person;
  }
}

/** Spending the token proved who they are: the record names the person, not a stranger. */
export function signedIn(actor: Actor, person: Person, { session }: StartedSession): Actor {
  const { id, roles } = person;
  const { id: sessionId, acr, amr, proofs, startedAt: authenticatedAt } = session;
  return { ...actor, principal: { kind: 'person', id, sessionId, roles, acr, amr, proofs, authenticatedAt } };
}

function refused(): CustodyError {
  return new CustodyError('sign_in_refused', 'This sign-in token does not work; ask an administrator for a new one.');
}
