import type { Finding, FindingPlace, Rights } from '../findings-queries.js';
import { masked, nameOf, userIn } from '../finding-names.js';
import { placeName } from '../queue/queue.js';

/** Where it lies, it itself, whose and which account it opens, what that may do. */
export type Column = 0 | 1 | 2 | 3;

export interface Node {
  readonly id: string;
  readonly column: Column;
  readonly name: string;
  readonly detail: string;
  readonly tone: 'bad' | 'warn' | 'good' | 'still';
  /** Where more is told of it. */
  readonly to: { readonly kind: 'identity' | 'source'; readonly id: string } | null;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly words: string;
}

export interface Lies {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

export interface Known {
  readonly finding: Finding;
  readonly places: readonly FindingPlace[];
  readonly identityName: string | null;
  readonly rights: Rights | null;
}

interface Right {
  readonly privilege: string;
  readonly resource: string;
}

/** More than so many in a column tell less. */
const MOST = 6;

/** Pure: what is known of a finding as a graph, from where it lies to what it opens. */
export function liesOf({ finding, places, identityName, rights }: Known): Lies {
  const { id, identityId } = finding;
  const present = places.filter(({ goneAt }) => goneAt === null);
  const centre: Node = {
    ...{ id, column: 1, name: nameOf(finding), to: null, tone: toneOf(finding) },
    detail: finding.kind === 'credential' ? masked(finding.lastFour) : finding.vendor,
  };
  const where = fewer(present.map(placeNode), finding.placeCount - present.length, 0, 'places');
  const accounts = fewer([...new Set(accountsOf(finding))].map(accountNode), 0, 2, 'accounts');
  const may = fewer(rightsOf(present, rights).map(rightNode), 0, 3, 'rights');
  const identity: Node[] =
    identityId === null
      ? []
      : [
          {
            ...{ id: identityId, column: 3, name: identityName ?? 'an identity', detail: 'registered identity' },
            ...{ tone: 'good', to: { kind: 'identity', id: identityId } },
          },
        ];
  const opened = accounts.length > 0 ? accounts : [centre];
  const edges = [
    ...where.map((place) => ({ from: place.id, to: id, words: 'holds' })),
    ...accounts.map((account) => ({ from: id, to: account.id, words: 'opens' })),
    ...opened.flatMap((account) => identity.map((one) => ({ from: account.id, to: one.id, words: 'is of' }))),
    ...opened.slice(0, 1).flatMap((account) => may.map((right) => ({ from: account.id, to: right.id, words: 'may' }))),
  ];
  return { nodes: [...where, centre, ...accounts, ...identity, ...may], edges };
}

function placeNode(place: FindingPlace): Node {
  const { sourceId, sourceName, path, line, exposed, unreachable } = place;
  return {
    ...{ id: `${sourceId} ${path} ${line} ${place.within.join()}`, column: 0, name: placeName(place) },
    detail: unreachable ? `${sourceName}, in history` : sourceName,
    tone: exposed ? 'bad' : 'still',
    to: { kind: 'source', id: sourceId },
  };
}

/** Names of accounts, not of the credential itself; an account opens none. */
function accountsOf({ kind, evidence, named }: Finding): readonly string[] {
  if (kind !== 'credential') return [];
  const said = evidence.flatMap(({ by, identifier }) =>
    identifier !== null && (by === 'account' || by === 'listed') ? [identifier] : [],
  );
  return named === null ? said : [named, ...said];
}

function accountNode(identifier: string): Node {
  const name = userIn(identifier);
  const detail = identifier.slice(0, -name.length - 1) || 'account';
  return { id: identifier, column: 2, name, detail, tone: 'warn', to: null };
}

function rightsOf(places: readonly FindingPlace[], rights: Rights | null): readonly Right[] {
  const listed = places.flatMap(({ account }) => account?.grants ?? []);
  const reviewed = rights ? [...rights.unregistered, ...rights.wider.map(({ seen }) => seen), ...rights.proposed] : [];
  const all = listed.length > 0 ? listed : reviewed;
  return [...new Map(all.map((right) => [`${right.privilege} ${right.resource}`, right])).values()];
}

function rightNode({ privilege, resource }: Right): Node {
  const isAll = privilege === '*' || /^all\b/i.test(privilege);
  return {
    ...{ id: `may ${privilege} ${resource}`, column: 3, name: isAll ? 'anything' : privilege },
    ...{ detail: resource === '*' ? 'on everything' : `on ${resource}`, tone: isAll ? 'bad' : 'still', to: null },
  };
}

/** The first of them, and how many more there are. */
function fewer(nodes: readonly Node[], unread: number, column: Column, what: string): readonly Node[] {
  const left = nodes.length + Math.max(0, unread) - MOST;
  if (left <= 0) return nodes;
  const more: Node = {
    ...{ id: `more ${what}`, column, name: `${left.toLocaleString('en')} more`, detail: what, tone: 'still', to: null },
  };
  return [...nodes.slice(0, MOST), more];
}

function toneOf({ verdict }: Finding): Node['tone'] {
  if (verdict === 'registered') return 'good';
  return verdict === 'placeholder' || verdict === 'human' ? 'still' : verdict === 'ghost' ? 'warn' : 'bad';
}
