import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { type Actor, type ErrorKind, MusterError, type RecordType } from '../kernel/index.js';
import { UnitOfWork } from '../platform/index.js';

const REFUSING: readonly ErrorKind[] = ['forbidden', 'gone', 'invalid', 'not-found'];

/** Refusals of a caller who has proved which identity it is are records too (decision 2). */
@Injectable()
export class CredentialRefusals {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: Audit,
  ) {}

  /**
   * Runs a use case for a proved caller. Where it is refused, whatever it had begun is gone, and the refusal is
   * recorded on its own before it is told.
   *
   * Faults of ours (`unavailable`) and requests that only have to be sent again (`conflict`) are no refusals; one that
   * takes the proof itself back (`unauthenticated`) is for whoever judged the proof to note.
   */
  async recorded<Result>(
    refusal: { readonly type: RecordType; readonly actor: Actor; readonly subject: string },
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof MusterError && REFUSING.includes(error.kind))
        await this.unitOfWork.aside((tx) =>
          this.audit.append(tx, { ...refusal, after: { code: error.code, reasons: reasonsOf(error) } }),
        );
      throw error;
    }
  }
}

function reasonsOf(error: MusterError): readonly string[] {
  const reasons = error.details?.['reasons'];
  return Array.isArray(reasons) ? reasons.map(String) : [];
}
