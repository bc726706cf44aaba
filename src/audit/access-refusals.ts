import { Injectable } from '@nestjs/common';
import type { Decision, Id } from '../kernel/index.js';
import { type Question, RefusalLog, UnitOfWork } from '../platform/index.js';
import { Audit } from './audit.js';

/** Records that a caller who had proved who they are asked for what they may not do (decision 2). */
@Injectable()
export class AccessRefusals extends RefusalLog {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: Audit,
  ) {
    super();
  }

  async refused({ principal, action, resource }: Question, decision: Decision, requestId: string): Promise<void> {
    const subject =
      Object.values(resource)[0] ??
      (principal.kind === 'person' || principal.kind === 'workload' ? principal.id : 'none');
    const actor = { principal, requestId: requestId as Id<'request'>, decision };
    await this.unitOfWork.run((tx) =>
      this.audit.append(tx, { type: 'access.denied', actor, subject, after: { action, resource } }),
    );
  }
}
