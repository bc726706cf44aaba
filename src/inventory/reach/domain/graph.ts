/** What stands around an identity. */
export const NODE_KINDS = [
  'identity',
  'team',
  'person',
  'target',
  'provider',
  'trust',
  'enforcement-point',
  'system',
  'credential',
] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export interface Node {
  /** An id, or the kind and the name of what has none. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  /** What else there is to say of it in a few words; null for nothing. */
  readonly detail: string | null;
}

/** What one node has to do with another, in words that read from the first to the second. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly words: string;
}

/** Something with what joins it to the rest. */
export interface Part {
  readonly node: Node;
  readonly edges: readonly Edge[];
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  readonly leftOut: readonly { readonly kind: NodeKind; readonly count: number }[];
}

/** More than this nobody reads, and few draw. */
export const MAX_NODES = 200;

/**
 * Puts parts together, those that come first before others. Parts of one node become one; an edge is left out with
 * either of its ends, and what is left out is counted by kind.
 *
 * @param more what there is beside the parts, by kind
 */
export function graphOf(
  parts: readonly Part[],
  more: Readonly<Partial<Record<NodeKind, number>>> = {},
  most = MAX_NODES,
): Graph {
  const nodes = [...new Map(parts.map(({ node }) => [node.id, node])).values()];
  const shown = nodes.slice(0, most);
  const ids = new Set(shown.map(({ id }) => id));
  const isShown = ({ from, to }: Edge) => ids.has(from) && ids.has(to);
  const edges = new Map(parts.flatMap((part) => part.edges.filter(isShown)).map((edge) => [keyOf(edge), edge]));
  const counted = nodes.slice(most).map(({ kind }) => kind);
  const leftOut = NODE_KINDS.map((kind) => ({
    kind,
    count: counted.filter((other) => other === kind).length + (more[kind] ?? 0),
  })).filter(({ count }) => count > 0);
  return { nodes: shown, edges: [...edges.values()], leftOut };
}

function keyOf({ from, to, words }: Edge): string {
  return JSON.stringify([from, to, words]);
}
