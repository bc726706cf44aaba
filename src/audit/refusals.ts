import { Injectable } from '@nestjs/common';
import { type Decision, type Id, principalName } from '../kernel/index.js';
import { type Question, RefusalLog, UnitOfWork } from '../platform/index.js';
import { Audit } from './audit.js';

const ID = /^[a-z]{3}_[0-9a-f]{32}$/;

/** Records that somebody who had proved who they are was refused (decision 2). Strangers are not recorded here. */
@Injectable()
export class Refusals extends RefusalLog {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: Audit,
  ) {
    super();
  }

  override async refused(question: Question, decision: Decision, requestId: string): Promise<void> {
    const { principal, action } = question;
    if (principal.kind === 'anonymous') return;
    // The path is the caller's to write: only what has the form of an id is kept of it.
    const resource = Object.fromEntries(Object.entries(question.resource).filter(([, value]) => ID.test(value)));
    const subject = Object.values(resource)[0] ?? principalName(principal);
    const actor = { principal, decision, requestId: requestId as Id<'request'> };
    await this.unitOfWork.run((tx) =>
      this.audit.append(tx, { type: 'access.denied', actor, subject, after: { action, resource } }),
    );
  }
}
