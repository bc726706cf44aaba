import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import type { Actor, Json } from '../../kernel/index.js';
import { SystemClock, type Tx } from '../../platform/index.js';
import { personImage, sessionImage } from '../domain/images.js';
import { isLive } from '../domain/person.js';
import { PeopleRepository } from '../people.repository.js';
import { Sessions, type StartedSession } from '../sessions.service.js';
import { SessionsRepository } from '../sessions.repository.js';
import { signedIn } from '../sign-in.service.js';
import { DeviceNames } from './device-names.js';
import type { Approver } from './domain/approver.js';

/** What was spent to get in, before and after, under its name. */
export type Spent = Readonly<Record<string, { readonly before: Json; readonly after: Json }>>;

/** Starts the session of a program that its person has let in, by whichever way. */
@Injectable()
export class DeviceAdmission {
  constructor(
    private readonly people: PeopleRepository,
    private readonly sessions: Sessions,
    private readonly rows: SessionsRepository,
    private readonly names: DeviceNames,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * Starts it with what the approver had proved then, as old as it is, and records it as the approver's.
   *
   * @param host what the program says it runs on
   * @returns undefined when the approver has left meanwhile, or the session they approved in was ended
   */
  async admit(
    tx: Tx,
    actor: Actor,
    approver: Approver,
    host: string,
    spent: Spent,
  ): Promise<StartedSession | undefined> {
    const { personId, sessionId, acr, amr, proofs } = approver;
    const person = await this.people.lockOne(tx, personId);
    const approvedIn = await this.rows.lock(tx, sessionId);
    const key = (await this.people.keysOf(tx, [personId])).get(personId);
    if (!isLive(person) || !key || !approvedIn || approvedIn.endedAt !== null) return undefined;
    const hostSealed = this.names.sealFor(key, personId, host);
    const at = this.clock.now();
    const started = await this.sessions.start(tx, personId, at, { beganBy: 'device', acr, amr, proofs, hostSealed });
    const images = Object.entries(spent);
    await this.audit.append(tx, {
      type: 'session.started',
      actor: signedIn(actor, person, started),
      subject: personId,
      before: {
        person: personImage(person),
        ...Object.fromEntries(images.map(([name, { before }]) => [name, before])),
      },
      after: {
        person: personImage(person),
        ...Object.fromEntries(images.map(([name, { after }]) => [name, after])),
        session: sessionImage(started.session),
      },
    });
    return started;
  }
}
