import { Injectable, Optional } from '@nestjs/common';
import { type Actor, addSeconds, type Level, secondsBetween } from '../kernel/index.js';
import { SystemClock, UnitOfWork } from '../platform/index.js';
import { AuthenticatorsRepository } from './authenticators/authenticators.repository.js';
import { type Enrolled, enrolledOf, type Notice, type Reminder, remindersOf } from './domain/reminders.js';
import { NOTICE_SECONDS } from './domain/sign-in-token.js';
import { Emergencies, type Emergency } from './emergencies.js';
import { PeopleRepository } from './people.repository.js';
import { People } from './people.service.js';
import type { SeenPerson } from './personal-fields.js';
import { personOf } from './sessions.service.js';
import { SignInRepository } from './sign-in.repository.js';

/** What a person is told about themselves. */
export interface WhatIsMine {
  readonly seen: SeenPerson;
  readonly enrolled: Enrolled;
  readonly reminders: readonly Reminder[];
  readonly notices: readonly Notice[];
  readonly emergencies: readonly Emergency[];
  readonly proofs: readonly { readonly acr: Level; readonly provedAt: Date; readonly ageSeconds: number }[];
}

@Injectable()
export class Me {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly people: PeopleRepository,
    private readonly view: People,
    private readonly authenticators: AuthenticatorsRepository,
    private readonly signIns: SignInRepository,
    private readonly clock: SystemClock,
    @Optional() private readonly emergencies?: Emergencies,
  ) {}

  read(actor: Actor): Promise<WhatIsMine> {
    const { id, roles, proofs } = personOf(actor);
    const at = this.clock.now();
    const isAdministrator = roles.includes('administrator');
    return this.unitOfWork.read(async (tx) => {
      const enrolled = enrolledOf(await this.authenticators.listOf(tx, id));
      return {
        seen: await this.view.seeOne(tx, await this.people.get(tx, id)),
        enrolled,
        reminders: remindersOf(enrolled, isAdministrator ? await this.people.countAdministrators(tx) : null),
        notices: isAdministrator ? await this.signIns.listNotices(tx, addSeconds(at, -NOTICE_SECONDS)) : [],
        emergencies: (await this.emergencies?.list(tx, isAdministrator ? undefined : id)) ?? [],
        proofs: (Object.entries(proofs) as [Level, Date][]).map(([acr, provedAt]) => ({
          acr,
          provedAt,
          ageSeconds: Math.max(0, secondsBetween(provedAt, at)),
        })),
      };
    });
  }
}
