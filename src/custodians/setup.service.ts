import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { type Actor, principalName, systemActor } from '../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { translated } from './constraints.js';
import { CustodyError } from './domain/errors.js';
import { personImage, sessionImage, signInTokenImage } from './domain/images.js';
import { isOpaqueToken, tokenHash } from './domain/opaque-token.js';
import { activate, invite } from './domain/person.js';
import { isSpendable, type SignInToken } from './domain/sign-in-token.js';
import { PeopleRepository } from './people.repository.js';
import { PersonalFields, type SeenPerson } from './personal-fields.js';
import { Sessions, type StartedSession } from './sessions.service.js';
import { SetupTokenFile } from './setup-token-file.js';
import { SignInRepository } from './sign-in.repository.js';
import { signedIn } from './sign-in.service.js';
import { SignInTokens } from './sign-in-tokens.js';

/** The first administrator, made once with the token that only the server's own user can read. */
@Injectable()
export class Setup {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly people: PeopleRepository,
    private readonly fields: PersonalFields,
    private readonly repository: SignInRepository,
    private readonly tokens: SignInTokens,
    private readonly sessions: Sessions,
    private readonly file: SetupTokenFile,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * Sees to it that, until Muster is set up, the token in the file works; a process that is about to listen calls it.
   * Replicas with files of their own each have one. A file left over after setup is removed.
   *
   * @returns the file's path while setup is pending, else undefined
   */
  async prepare(): Promise<string | undefined> {
    const inFile = await this.file.read();
    const { pending, fresh } = await this.unitOfWork.run(async (tx) => {
      const { completedAt } = await this.repository.lockSetup(tx);
      if (completedAt !== null) return { pending: false };
      return { pending: true, fresh: (await this.works(tx, inFile)) ? undefined : await this.issue(tx) };
    });
    if (!pending) await this.file.remove();
    else if (fresh !== undefined) await this.file.write(fresh);
    return pending ? this.file.path : undefined;
  }

  /**
   * Makes the first administrator and signs them in. Of any number of attempts at once exactly one succeeds.
   *
   * @throws CustodyError `setup_completed`, `setup_token_refused`, `email_invalid`
   */
  async complete(
    actor: Actor,
    token: string,
    { name, email }: { readonly name: string; readonly email: string },
  ): Promise<{ seen: SeenPerson; started: StartedSession }> {
    const done = await translated(
      this.unitOfWork.run(async (tx) => {
        const at = this.clock.now();
        const spendable = await this.lockSpendable(tx, token, at);
        const id = this.ids.next('person');
        const key = this.fields.newKey(id);
        const { emailIndex, nameIndex, ...sealed } = this.fields.seal(key, id, name, email);
        const person = activate(invite({ id, ...sealed, roles: ['administrator'], managerId: null }, at), at);
        await this.people.insert(tx, person, key, { emailIndex, nameIndex });
        await this.repository.spend(tx, spendable.id, at);
        await this.repository.endSetupTokens(tx, at);
        await this.repository.completeSetup(tx, at);
        const started = await this.sessions.start(tx, id, at);
        await this.audit.append(tx, {
          type: 'setup.completed',
          actor: signedIn(actor, person, started),
          subject: id,
          before: { sign_in_token: signInTokenImage(spendable) },
          after: {
            person: personImage(person),
            sign_in_token: signInTokenImage({ ...spendable, spentAt: at }),
            session: sessionImage(started.session),
          },
        });
        return { seen: this.fields.open(key, person), started };
      }),
    );
    await this.file.remove();
    return done;
  }

  private async lockSpendable(tx: Tx, token: string, at: Date): Promise<SignInToken> {
    const { completedAt } = await this.repository.lockSetup(tx);
    if (completedAt !== null)
      throw new CustodyError('setup_completed', 'Muster has been set up; ask an administrator for an invitation.');
    const found = isOpaqueToken('setup', token) ? await this.repository.lock(tx, tokenHash(token)) : undefined;
    if (found?.purpose !== 'setup' || !isSpendable(found, at))
      throw new CustodyError('setup_token_refused', 'Use the token in the file setup-token of the data directory.');
    return found;
  }

  private async works(tx: Tx, token: string | undefined): Promise<boolean> {
    if (token === undefined || !isOpaqueToken('setup', token)) return false;
    const found = await this.repository.find(tx, tokenHash(token));
    return found?.purpose === 'setup' && isSpendable(found, this.clock.now());
  }

  private async issue(tx: Tx): Promise<string> {
    const actor = systemActor('setup', this.ids.next('request'));
    const issued = await this.tokens.issue(tx, 'setup', null, principalName(actor.principal), this.clock.now());
    await this.audit.append(tx, {
      type: 'sign-in.token-created',
      actor,
      subject: issued.row.id,
      after: signInTokenImage(issued.row),
    });
    return issued.token;
  }
}
