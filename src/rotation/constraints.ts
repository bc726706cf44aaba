import { brokenConstraint } from '../platform/index.js';
import { RotationError } from './domain/errors.js';

/** Says in this room's words what the database refused; anything else passes through. */
export async function translated<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const [code, message] = REFUSALS[brokenConstraint(cause) ?? ''] ?? [];
    if (code === undefined || message === undefined) throw cause;
    throw new RotationError(code, message, { cause });
  }
}

const REFUSALS: Readonly<Record<string, readonly [RotationError['code'], string]>> = {
  rotation_accounts_pk: ['account_rotates', 'Another rotation makes the credentials of that account already.'],
  rotation_runs_live: ['run_live', 'A run of this is under way: watch that one, or cancel it first.'],
  rotations_name: ['rotation_name_taken', 'Another rotation has that name: choose another.'],
};
