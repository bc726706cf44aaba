import { Injectable } from '@nestjs/common';
import type { Identity } from '../inventory/index.js';
import type { Principal } from '../kernel/index.js';
import { RefusalLog, type ShownCredentials } from '../platform/index.js';
import { IssuanceError, type IssuanceCode } from './domain/errors.js';

type Workload = Extract<Principal, { kind: 'workload' }>;

const NOT_NOW: Readonly<Record<Exclude<Identity['status'], 'active'>, IssuanceCode>> = {
  pending: 'identity_pending',
  suspended: 'identity_suspended',
  retired: 'identity_retired',
};

/** Lets in workloads that have proved who they are, as long as their identity is active. */
@Injectable()
export class WorkloadAdmission {
  constructor(private readonly refusals: RefusalLog) {}

  /**
   * @throws IssuanceError `identity_suspended`, `identity_retired`, `identity_pending`, recorded: the caller has proved
   *   who they are, and is owed the reason
   */
  async admit(
    identity: Pick<Identity, 'id' | 'status'>,
    principal: Workload,
    shown: ShownCredentials,
  ): Promise<Principal> {
    if (identity.status === 'active') return principal;
    const code = NOT_NOW[identity.status];
    const decision = { effect: 'deny', reasons: [`standing:${identity.status}`], policy: 'builtin@1' } as const;
    await this.refusals.refused(
      { principal, action: 'authenticate', resource: { id: identity.id } },
      decision,
      shown.requestId,
    );
    throw new IssuanceError(code, `This identity is ${identity.status}; ask its custodian why.`);
  }
}
