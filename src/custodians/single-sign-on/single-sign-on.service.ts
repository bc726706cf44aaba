import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor, Json } from '../../kernel/index.js';
import { Config, Keystore, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { Ceremonies } from '../authenticators/ceremonies.js';
import { SignIns } from '../authenticators/sign-ins.service.js';
import { normalEmail } from '../domain/email.js';
import { CustodyError } from '../domain/errors.js';
import { personImage } from '../domain/images.js';
import { activate, isHere, type Person } from '../domain/person.js';
import { beginningOf, ownPage, type ProviderClaims } from '../domain/single-sign-on.js';
import { PeopleRepository } from '../people.repository.js';
import type { StartedSession } from '../sessions.service.js';
import { LinksRepository } from './links.repository.js';
import { type Departure, Provider } from './provider.js';

const STATE_BYTES = 32;

/** Signing in by the firm's provider. Accounts are made by invitation alone: the provider only says who is there. */
@Injectable()
export class SingleSignOn {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly provider: Provider,
    private readonly ceremonies: Ceremonies,
    private readonly people: PeopleRepository,
    private readonly links: LinksRepository,
    private readonly signIns: SignIns,
    private readonly keystore: Keystore,
    private readonly clock: SystemClock,
    private readonly config: Config,
  ) {}

  /**
   * Sends a browser to the provider.
   *
   * @param wanted the page to go on at; attacker-controlled
   * @returns where to, and the state that the very same browser must bring back
   * @throws CustodyError `single_sign_on_unavailable`
   */
  async begin(wanted: string | undefined): Promise<{ readonly address: string; readonly state: string }> {
    const [state, codeVerifier, nonce] = [random(), random(), random()];
    const departure: Departure = { codeVerifier, nonce, page: ownPage(wanted, this.config.publicUrl) };
    const address = await this.provider.address(state, departure);
    await this.unitOfWork.run((tx) => this.ceremonies.leave(tx, state, departure));
    return { address, state };
  }

  /**
   * Starts a session for whoever came back. The first time, the provider's verified e-mail address says who that is here;
   * from then on its own name for them does, whatever becomes of the address.
   *
   * @param query attacker-controlled
   * @param state from the browser's own cookie, undefined where it has none
   * @throws CustodyError `ceremony_over`, `single_sign_on_refused`, `single_sign_on_unknown`, `single_sign_on_unavailable`
   */
  async comeBack(
    actor: Actor,
    query: string,
    state: string | undefined,
  ): Promise<{ readonly started: StartedSession; readonly page: string }> {
    if (state === undefined || new URLSearchParams(query).get('state') !== state)
      throw new CustodyError('ceremony_over', 'This did not begin in this browser; begin again.');
    const departure = (await this.unitOfWork.read((tx) => this.ceremonies.look(tx, state))) as Departure;
    const claims = await this.provider.redeem(query, state, departure);
    const started = await this.unitOfWork.run(async (tx) => {
      await this.ceremonies.comeBack(tx, state);
      const { person, before, linked } = await this.identify(tx, claims);
      const beginning = beginningOf(claims, this.provider.settings!.levels);
      const by: Record<string, Json> = { issuer: claims.issuer, linked };
      if (before === person) return this.signIns.start(tx, actor, person, beginning, by);
      await this.people.save(tx, person);
      const after = { ...by, person: personImage(person) };
      return this.signIns.start(tx, actor, person, beginning, after, { person: personImage(before) });
    });
    return { started, page: departure.page };
  }

  /** Whom the claims name, their row locked; linked where this is their first time. */
  private async identify(tx: Tx, claims: ProviderClaims) {
    const { issuer, subject } = claims;
    const at = this.clock.now();
    const known = await this.links.find(tx, issuer, subject);
    const id = known ?? (await this.findByEmail(tx, claims))?.id;
    const before = id && (await this.people.lock(tx, [id])).get(id);
    if (!before || !isHere(before)) throw unknown();
    if (!known && !(await this.links.insert(tx, before.id, issuer, subject, at))) throw unknown();
    return { person: activate(before, at), before, linked: !known };
  }

  private async findByEmail(tx: Tx, { verifiedEmail }: ProviderClaims): Promise<Person | undefined> {
    if (verifiedEmail === null) return undefined;
    return this.people.findByEmail(tx, this.keystore.blindIndex('person.email', normalEmail(verifiedEmail)));
  }
}

function random(): string {
  return randomBytes(STATE_BYTES).toString('base64url');
}

function unknown(): CustodyError {
  return new CustodyError(
    'single_sign_on_unknown',
    'Nobody here is known by this account. Ask an administrator to invite its verified e-mail address.',
  );
}
