import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/index.js';
import { UnitOfWork } from '../platform/index.js';
import type { SignInToken } from './domain/sign-in-token.js';
import { PeopleRepository } from './people.repository.js';
import { People } from './people.service.js';
import type { SeenPerson } from './personal-fields.js';
import { personOf } from './sessions.service.js';
import { SignIn } from './sign-in.service.js';

/** What a person is told about themselves. */
@Injectable()
export class Me {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly people: PeopleRepository,
    private readonly view: People,
    private readonly signIns: SignIn,
  ) {}

  async read(actor: Actor): Promise<{ seen: SeenPerson; printed: readonly SignInToken[] }> {
    const { id, roles } = personOf(actor);
    const seen = await this.unitOfWork.read(async (tx) => this.view.seeOne(tx, await this.people.get(tx, id)));
    const printed = roles.includes('administrator') ? await this.signIns.listPrinted() : [];
    return { seen, printed };
  }
}
