import type { Evidence } from '../../domain/item.js';

/** One thing that is not as it was. Null where there was nothing, or nothing is left. */
export interface Difference {
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

type Identity = Evidence['identity'];

/** What of an identity is worth a line of its own when it differs; its id, name and SPIFFE id never change. */
const FIELDS = {
  purpose: 'purpose',
  teamId: 'team',
  criticality: 'criticality',
  dataClasses: 'data classes',
  privileged: 'privileged',
  status: 'status',
  primaryCustodianId: 'primary custodian',
  backupCustodianId: 'backup custodian',
  handoverDueAt: 'hand-over due',
  supportExpiresAt: 'support expires',
  approvalId: 'approval',
} as const satisfies Partial<Record<keyof Identity, string>>;

/** What changed between two reviews, from what was frozen at each: identity first, then grants, then credentials and use. */
export function differences(before: Evidence, after: Evidence): readonly Difference[] {
  return [
    ...Object.entries(FIELDS).flatMap(([field, what]) =>
      differing(what, text(before.identity[field as keyof Identity]), text(after.identity[field as keyof Identity])),
    ),
    ...ofGrants(before.grants, after.grants),
    ...differing('credentials valid', String(before.credentialCount), String(after.credentialCount)),
    ...differing('last used', before.lastUsedAt, after.lastUsedAt),
  ];
}

function ofGrants(before: Evidence['grants'], after: Evidence['grants']): Difference[] {
  const held = new Map(before.map((grant) => [grant.id, grant]));
  const holds = new Set(after.map(({ id }) => id));
  return [
    ...before.filter(({ id }) => !holds.has(id)).map((grant) => ({ what: 'grant', before: named(grant), after: null })),
    ...after.flatMap((grant) => {
      const earlier = held.get(grant.id);
      if (!earlier) return [{ what: 'grant', before: null, after: named(grant) }];
      return differing(`${named(grant)} verified`, earlier.verifiedAt, grant.verifiedAt);
    }),
  ];
}

function differing(what: string, before: string | null, after: string | null): Difference[] {
  return before === after ? [] : [{ what, before, after }];
}

function named({ scope, target }: Evidence['grants'][number]): string {
  return `${scope} on ${target}`;
}

function text(value: Identity[keyof Identity]): string | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : value.join(', ');
}
