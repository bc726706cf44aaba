/** What stands somewhere: `x` and `y` of its upper left corner, in the drawing's own units. */
export interface Placed<Node> {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
}

export interface Drawn<Node> {
  readonly from: Placed<Node>;
  readonly to: Placed<Node>;
  readonly words: string;
}

export interface Layout<Node> {
  readonly nodes: readonly Placed<Node>[];
  readonly edges: readonly Drawn<Node>[];
  readonly width: number;
  readonly height: number;
}

interface Graph<Node> {
  readonly nodes: readonly Node[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly words: string }[];
}

/** Four columns of these are as wide as a page's first column on a usual screen, and can be read there. */
export const NODE_WIDTH = 176;
export const NODE_HEIGHT = 44;
const GAP = 12;
const COLUMN_STEP = 206;

/** Pure: every node in its column, each column in the middle of the tallest; columns that hold nothing take no room. */
export function layOut<Node extends { readonly id: string }>(
  { nodes, edges }: Graph<Node>,
  columnOf: (node: Node) => number,
): Layout<Node> {
  const columns = [...new Set(nodes.map(columnOf))]
    .sort((one, other) => one - other)
    .map((column) => nodes.filter((node) => columnOf(node) === column));
  const tall = (count: number) => count * (NODE_HEIGHT + GAP) - GAP;
  const height = tall(Math.max(1, ...columns.map(({ length }) => length)));
  const placed = columns.flatMap((column, at) =>
    column.map((node, row) => ({
      node,
      x: at * COLUMN_STEP,
      y: (height - tall(column.length)) / 2 + row * (NODE_HEIGHT + GAP),
    })),
  );
  const byId = new Map(placed.map((each) => [each.node.id, each]));
  const drawn = edges.flatMap(({ from, to, words }) => {
    const [start, end] = [byId.get(from), byId.get(to)];
    return start && end ? [{ from: start, to: end, words }] : [];
  });
  return { nodes: placed, edges: drawn, width: Math.max(0, columns.length - 1) * COLUMN_STEP + NODE_WIDTH, height };
}

/** As far as its words can be read; what is wider than its place at that size is scrolled. */
const SMALLEST = 0.82;

/** Of an SVG: as large as its words are meant to be, or smaller by so much as its place asks and readers can take. */
export function sizeOf({ width, height }: Pick<Layout<unknown>, 'width' | 'height'>) {
  return {
    viewBox: `-2 -2 ${width + 4} ${height + 4}`,
    style: { minWidth: `${width * SMALLEST}px`, maxWidth: `${width}px` },
  };
}
