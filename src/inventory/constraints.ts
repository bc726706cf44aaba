import { brokenConstraint } from '../platform/index.js';
import { InventoryError } from './domain/errors.js';

/** Says in this room's words what the database refused; anything else passes through. */
export async function translated<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const [code, message] = REFUSALS[brokenConstraint(cause) ?? ''] ?? [];
    if (code === undefined || message === undefined) throw cause;
    throw new InventoryError(code, message, { cause });
  }
}

const REFUSALS: Readonly<Record<string, readonly [InventoryError['code'], string]>> = {
  identities_name_unique: [
    'name_taken',
    'Choose another name: this one is or was in use in this environment, and none is given twice.',
  ],
  identities_spiffe_id_unique: [
    'spiffe_id_taken',
    'Choose another SPIFFE ID: this one is or was in use, and none is given twice.',
  ],
  identities_team: ['team_unknown', 'No team has that id; list teams to find the right one.'],
  identities_primary: ['custodian_not_live', 'Nobody has the primary custodian’s id; see GET /v1/people.'],
  identities_backup: ['custodian_not_live', 'Nobody has the backup custodian’s id; see GET /v1/people.'],
  identities_custody: ['custody_incomplete', 'A custodian left meanwhile; read the identity again and name another.'],
  identities_approved: ['approval_required', 'Ask somebody else to approve it, then try again.'],
  grants_unique: ['grant_exists', 'The identity holds this scope on this target already.'],
  grants_verifier: ['custodian_not_live', 'Nobody has the verifier’s id; see GET /v1/people.'],
  grants_not_self_verified: ['self_verification', 'Have somebody else verify a grant that you add.'],
  views_name_unique: ['view_name_taken', 'You keep a view of that name already; choose another name.'],
  views_team: ['team_unknown', 'No team has that id; list teams to find the right one.'],
  credentials_fingerprint_unique: ['key_registered', 'This key is registered already.'],
};
