import { type Layout, layOut } from '../drawing/layout.js';
import type { ReachGraph } from './identity-queries.js';

export type Node = ReachGraph['nodes'][number];

/** Who or what vouches for it stands left of it; what it holds right of it; what that leads to, last. */
const COLUMN_OF: Readonly<Record<Node['kind'], number>> = {
  person: 0,
  team: 0,
  provider: 0,
  trust: 0,
  identity: 1,
  credential: 2,
  target: 2,
  system: 3,
  'enforcement-point': 3,
};

/** Where everything around an identity stands; other identities stand where systems do: they are what is reached. */
export function layOutAround(graph: ReachGraph, centreId: string): Layout<Node> {
  return layOut(graph, ({ id, kind }) => (kind === 'identity' && id !== centreId ? 3 : COLUMN_OF[kind]));
}
