import type { Id } from '../../../kernel/index.js';
import type { LedgerEntry } from '../../domain/credential.js';
import type { Grant } from '../../domain/grant.js';
import type { Identity } from '../../domain/identity.js';
import type { Edge, Part } from './graph.js';

/** Where an identity was seen to use a credential, as an enforcement point reported it. */
export interface Sighting {
  readonly pointId: Id<'identity'>;
  readonly pointName: string;
  readonly lastSeenAt: Date;
}

export function identityPart({ id, name, kind, status, environment }: Identity): Part {
  return { node: { id, kind: 'identity', name, detail: `${status} ${kind} in ${environment}` }, edges: [] };
}

export function teamPart({ id, teamId }: Identity, name: string): Part {
  return {
    node: { id: teamId, kind: 'team', name, detail: null },
    edges: [{ from: id, to: teamId, words: 'belongs to' }],
  };
}

export function custodianParts(identity: Identity, names: ReadonlyMap<string, string>): Part[] {
  const custodians = [
    [identity.primaryCustodianId, 'answers for'],
    [identity.backupCustodianId, 'is backup for'],
  ] as const;
  return custodians.flatMap(([person, words]) =>
    person === null
      ? []
      : [
          {
            node: { id: person, kind: 'person', name: names.get(person) ?? person, detail: null },
            edges: [{ from: person, to: identity.id, words }],
          } satisfies Part,
        ],
  );
}

/** What its grants open: one node a target, one edge a grant. */
export function grantParts(identityId: string, grants: readonly Grant[]): Part[] {
  return grants.map(({ target, scope, verifiedAt, lastUsedAt }) => {
    const doubts = [verifiedAt === null && 'not verified', lastUsedAt === null && 'never used'].filter(Boolean);
    const words = `may ${scope}${doubts.length > 0 ? ` (${doubts.join(', ')})` : ''}`;
    return {
      node: { id: `target:${target}`, kind: 'target', name: target, detail: null },
      edges: [{ from: identityId, to: `target:${target}`, words }],
    };
  });
}

export function sightingParts(identityId: string, sightings: readonly Sighting[]): Part[] {
  return sightings.map(({ pointId, pointName, lastSeenAt }) => ({
    node: { id: pointId, kind: 'enforcement-point', name: pointName, detail: null },
    edges: [{ from: identityId, to: pointId, words: `was last seen ${lastSeenAt.toISOString()} at` }],
  }));
}

/** What it holds now; a key of another system also opens that system. */
export function credentialParts(identityId: string, entries: readonly LedgerEntry[]): Part[] {
  return entries.flatMap((entry): Part[] => {
    const { id, boundTo, system } = entry;
    const edges: Edge[] = [{ from: identityId, to: id, words: 'holds' }];
    if (boundTo !== null) edges.push({ from: id, to: boundTo, words: 'works only with' });
    const held: Part = { node: { id, kind: 'credential', name: nameOf(entry), detail: until(entry) }, edges };
    if (system === null) return [held];
    const opened = `system:${system}`;
    return [
      held,
      {
        node: { id: opened, kind: 'system', name: system, detail: null },
        edges: [{ from: id, to: opened, words: 'opens' }],
      },
    ];
  });
}

function nameOf({ kind, serialNumber, lastFour, id }: LedgerEntry): string {
  switch (kind) {
    case 'certificate':
      return `certificate ${serialNumber ?? id}`;
    case 'token':
      return `access token ${id.slice(-8)}`;
    case 'registered-key':
      return lastFour === null ? 'registered key' : `registered key …${lastFour}`;
  }
}

function until({ expiresAt }: LedgerEntry): string {
  return expiresAt === null ? 'never expires' : `until ${expiresAt.toISOString()}`;
}
