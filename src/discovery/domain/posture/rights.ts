import type { GrantSeen } from '../observation.js';

/** A grant as it is registered: a scope on a target, in the target's words. */
export interface RegisteredRight {
  readonly grantId: string;
  readonly scope: string;
  /** RFC 3339; null where nobody reported a use. */
  readonly lastUsedAt: string | null;
}

/** What an account may do against what was agreed to. */
export interface RightsReview {
  /** It may, and nobody registered it. */
  readonly unregistered: readonly GrantSeen[];
  /** It may do more than what was registered and is part of it. */
  readonly wider: readonly { readonly seen: GrantSeen; readonly grantId: string }[];
  /** It may, and was not seen to do it for so long. */
  readonly unused: readonly GrantSeen[];
  /** It was registered, and its system does not have it. */
  readonly absent: readonly RegisteredRight[];
  /** What would be enough: the registered ones that its system has, as narrow as they were registered, and used. */
  readonly proposed: readonly { readonly privilege: string; readonly resource: string }[];
}

interface Right {
  readonly privilege: string;
  readonly resource: string;
}

const ON = /^(.+?)\s+on\s+(?:table\s+|schema\s+|database\s+|function\s+|sequence\s+)?(.+)$/i;
const EVERYTHING = new Set(['*', 'all', 'all privileges', '+@all', '*:*']);

/**
 * Compares evidence with what is registered. Only evidence counts as use: what its system does not say anything about is kept.
 *
 * @param since what was not used after it is unused
 */
export function reviewRights(
  seen: readonly GrantSeen[],
  registered: readonly RegisteredRight[],
  since: Date,
): RightsReview {
  const agreed = registered.map((right) => ({ right, of: rightOf(right.scope) }));
  const wider = seen.flatMap((grant) => {
    const part = agreed.find(({ of }) => covers(grant, of) && !covers(of, grant));
    return part ? [{ seen: grant, grantId: part.right.grantId }] : [];
  });
  const unregistered = seen.filter(
    (grant) => !agreed.some(({ of }) => covers(of, grant)) && !wider.some(({ seen: one }) => one === grant),
  );
  const unused = seen.filter(({ lastUsedAt }) => isBefore(lastUsedAt, since));
  const held = agreed.filter(({ of }) => seen.some((grant) => covers(grant, of)));
  const needed = held.filter(
    ({ of, right }) =>
      !isBefore(right.lastUsedAt ?? undefined, since) &&
      seen.some((grant) => covers(grant, of) && !unused.includes(grant)),
  );
  return {
    unregistered,
    wider,
    unused,
    absent: agreed.filter((one) => !held.includes(one)).map(({ right }) => right),
    proposed: needed.map(({ of }) => of),
  };
}

/** Whether one right holds all of another: everything, the same, or a resource that begins with the part before a star. */
export function covers(one: Right, other: Right): boolean {
  const privilege = one.privilege.toLowerCase();
  const wanted = other.privilege.toLowerCase();
  const isPrivilege = EVERYTHING.has(privilege) || privilege === wanted || starred(privilege, wanted);
  const [resource, needed] = [one.resource.toLowerCase(), other.resource.toLowerCase()];
  return isPrivilege && (resource === '*' || resource === needed || starred(resource, needed));
}

/** `SELECT ON TABLE sales.orders`, or a name by itself: of a role, or of a scope. */
function rightOf(scope: string): Right {
  const [, privilege, resource] = ON.exec(scope.trim()) ?? [];
  return privilege && resource ? { privilege, resource } : { privilege: scope.trim(), resource: '*' };
}

function starred(pattern: string, text: string): boolean {
  return pattern.length > 1 && pattern.endsWith('*') && text.startsWith(pattern.slice(0, -1));
}

function isBefore(lastUsedAt: string | null | undefined, since: Date): boolean {
  if (lastUsedAt === undefined) return false;
  return lastUsedAt === null || Date.parse(lastUsedAt) < since.getTime();
}
