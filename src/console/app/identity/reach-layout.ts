import type { ReachGraph } from './identity-queries.js';

export type Node = ReachGraph['nodes'][number];

export interface Placed {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
}

export interface Drawn {
  readonly from: Placed;
  readonly to: Placed;
  readonly words: string;
}

export interface Layout {
  readonly nodes: readonly Placed[];
  readonly edges: readonly Drawn[];
  readonly height: number;
}

export const NODE_WIDTH = 176;
export const NODE_HEIGHT = 44;
const GAP = 14;
/** Left edges of the columns: who answers, the identity, what it holds, where that leads. */
const COLUMNS = [0, 250, 500, 750] as const;
export const LAYOUT_WIDTH = COLUMNS[3] + NODE_WIDTH;

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

/** Puts every node into its column, each column in the middle of the tallest. */
export function layOut(graph: ReachGraph, centreId: string): Layout {
  const columns = COLUMNS.map((_, column) =>
    graph.nodes.filter((node) => (node.id === centreId ? 1 : columnOf(node, centreId)) === column),
  );
  const tallest = Math.max(...columns.map(({ length }) => length), 1);
  const height = tallest * (NODE_HEIGHT + GAP) - GAP;
  const nodes = columns.flatMap((column, at) => {
    const top = (height - (column.length * (NODE_HEIGHT + GAP) - GAP)) / 2;
    return column.map((node, row) => ({ node, x: COLUMNS[at]!, y: top + row * (NODE_HEIGHT + GAP) }));
  });
  const byId = new Map(nodes.map((placed) => [placed.node.id, placed]));
  const edges = graph.edges.flatMap(({ from, to, words }) => {
    const [start, end] = [byId.get(from), byId.get(to)];
    return start && end ? [{ from: start, to: end, words }] : [];
  });
  return { nodes, edges, height };
}

/** Other identities stand where systems do: they are what is reached. */
function columnOf(node: Node, centreId: string): number {
  return node.kind === 'identity' && node.id !== centreId ? 3 : COLUMN_OF[node.kind];
}
