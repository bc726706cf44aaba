import type { Json } from '../../kernel/index.js';
import type { Authenticator } from './authenticator.js';
import type { Person } from './person.js';
import type { Session } from './session.js';
import type { SignInToken } from './sign-in-token.js';
import type { Team } from './team.js';

/**
 * What records keep of a row: everything but digests of secrets and the e-mail's blind index, which would still point
 * at a person after their key was destroyed. Personal fields stay sealed.
 */
export function personImage(person: Person): Json {
  return {
    id: person.id,
    status: person.status,
    name_sealed: person.nameSealed,
    email_sealed: person.emailSealed,
    manager_id: person.managerId,
    roles: [...person.roles],
    version: person.version,
    invited_at: text(person.invitedAt),
    activated_at: text(person.activatedAt),
    departed_at: text(person.departedAt),
    removed_at: text(person.removedAt),
  };
}

export function sessionImage(session: Session): Json {
  return {
    id: session.id,
    person_id: session.personId,
    began_by: session.beganBy,
    acr: session.acr,
    amr: [...session.amr],
    started_at: text(session.startedAt),
    expires_at: text(session.expiresAt),
    ended_at: text(session.endedAt),
  };
}

/** Without its last use, which is no record (decision 2), and without any secret. */
export function authenticatorImage(authenticator: Authenticator): Json {
  return {
    id: authenticator.id,
    person_id: authenticator.personId,
    kind: authenticator.kind,
    name_sealed: authenticator.nameSealed,
    version: authenticator.version,
    created_at: text(authenticator.createdAt),
    confirmed_at: text(authenticator.confirmedAt),
    backup_eligible: authenticator.backupEligible,
    codes_left: authenticator.codesLeft,
  };
}

export function signInTokenImage(token: SignInToken): Json {
  return {
    id: token.id,
    purpose: token.purpose,
    person_id: token.personId,
    made_by: token.madeBy,
    made_at: text(token.madeAt),
    expires_at: text(token.expiresAt),
    spent_at: text(token.spentAt),
    ended_at: text(token.endedAt),
  };
}

export function teamImage(team: Team): Json {
  return {
    id: team.id,
    name: team.name,
    manager_id: team.managerId,
    member_ids: [...team.memberIds],
    version: team.version,
    created_at: text(team.createdAt),
  };
}

function text(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
