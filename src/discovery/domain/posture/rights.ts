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
  /** What would be enough: the registered ones that its system has, as narrow as they were registered, and used; and what was used unregistered. */
  readonly proposed: readonly Right[];
}

export interface Right {
  readonly privilege: string;
  readonly resource: string;
}

const ON = /^(.+?)\s+on\s+(.+)$/i;
/** What a resource is, before its name; and the schema that a name without one lies in. */
const WHAT = /^(?:table|schema|database|function|sequence|role)\s+/i;
const HOME = /^public\./;
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
    (grant) => !agreed.some(({ of }) => agrees(of, grant)) && !wider.some(({ seen: one }) => one === grant),
  );
  const unused = seen.filter(({ lastUsedAt }) => isBefore(lastUsedAt, since));
  const held = agreed.filter(({ of }) => seen.some((grant) => covers(grant, of) || agrees(of, grant)));
  const needed = held.filter(
    ({ of, right }) =>
      !isBefore(right.lastUsedAt ?? undefined, since) &&
      seen.some((grant) => (covers(grant, of) || agrees(of, grant)) && !unused.includes(grant)),
  );
  const usedAnyway = unregistered.filter(
    ({ lastUsedAt }) => typeof lastUsedAt === 'string' && !unusedSince(lastUsedAt, since),
  );
  return {
    unregistered,
    wider,
    unused,
    absent: agreed.filter((one) => !held.includes(one)).map(({ right }) => right),
    proposed: [
      ...needed.map(({ of }) => of),
      ...usedAnyway.map(({ privilege, resource }) => ({ privilege, resource })),
    ],
  };
}

/** Whether what is seen was agreed to: as a part of it, or as what the agreed membership brings. */
function agrees(of: Right, { privilege, resource, through }: GrantSeen): boolean {
  if (covers(of, { privilege, resource })) return true;
  if (of.resource !== '*') return false;
  const group = named(of.privilege);
  return named(through ?? '') === group || (/^member$/i.test(privilege) && named(resource) === group);
}

/** Whether one right holds all of another: everything, the same, or a resource that begins with the part before a star. */
export function covers(one: Right, other: Right): boolean {
  const privilege = one.privilege.toLowerCase();
  const wanted = other.privilege.toLowerCase();
  const isPrivilege = EVERYTHING.has(privilege) || privilege === wanted || starred(privilege, wanted);
  const [resource, needed] = [named(one.resource), named(other.resource)];
  return isPrivilege && (resource === '*' || resource === needed || starred(resource, needed));
}

/** `SELECT ON TABLE sales.orders`, or a name by itself: of a role, or of a scope. */
function rightOf(scope: string): Right {
  const [, privilege, resource] = ON.exec(scope.trim()) ?? [];
  return privilege && resource
    ? { privilege, resource: resource.replace(WHAT, '') }
    : { privilege: scope.trim(), resource: '*' };
}

/** One way of writing a resource's name. */
function named(resource: string): string {
  return resource.trim().toLowerCase().replace(WHAT, '').replaceAll('"', '').replace(HOME, '');
}

function starred(pattern: string, text: string): boolean {
  return pattern.length > 1 && pattern.endsWith('*') && text.startsWith(pattern.slice(0, -1));
}

function isBefore(lastUsedAt: string | null | undefined, since: Date): boolean {
  if (lastUsedAt === undefined) return false;
  return lastUsedAt === null || unusedSince(lastUsedAt, since);
}

function unusedSince(lastUsedAt: string, since: Date): boolean {
  return Date.parse(lastUsedAt) < since.getTime();
}
