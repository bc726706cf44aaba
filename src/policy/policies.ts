import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PolicyError } from './domain/errors.js';
import { compilePolicy, type Policy } from './domain/policy.js';

const DEFAULT_FILE = path.join(import.meta.dirname, 'default-policy.yaml');

let shipped: Policy | undefined;

/** The policy that Muster comes with; it names every action there is. */
export function defaultPolicy(): Policy {
  return (shipped ??= compilePolicy(readFileSync(DEFAULT_FILE, 'utf8')));
}

/**
 * Reads the policy in force.
 *
 * @param file an operator's own, which says something about every action; null for the one that Muster comes with
 * @throws PolicyError `policy_invalid`, naming the file and every mistake with its line
 */
export function readPolicy(file: string | null): Policy {
  const known = defaultPolicy();
  if (file === null) return known;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PolicyError('policy_invalid', `POLICY_FILE ${file} cannot be read.`, { cause });
  }
  try {
    return compilePolicy(text, new Set(known.actions.keys()));
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new PolicyError(error.code, `POLICY_FILE ${file}: ${error.message}`, {
      details: error.details,
      cause: error,
    });
  }
}
