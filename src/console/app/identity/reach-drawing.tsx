import { type Drawn, NODE_HEIGHT, NODE_WIDTH, type Placed, sizeOf } from '../drawing/layout.js';
import type { Identity } from '../identities/identities-queries.js';
import { plain } from '../words/deeds.js';
import type { ReachGraph } from './identity-queries.js';
import { layOutAround, type Node } from './reach-columns.js';
import classes from './reach.module.css';

const LONGEST_LABEL = 22;

interface ReachDrawingProps {
  readonly graph: ReachGraph;
  readonly identity: Identity;
}

/** The graph as a drawing. Who cannot see it reads the table, to which the drawing’s name points. */
export function ReachDrawing({ graph, identity }: ReachDrawingProps) {
  const layout = layOutAround(graph, identity.id);
  const { nodes, edges } = layout;
  const name = `${identity.name} and the ${graph.nodes.length - 1} things around it; the table says the same in words`;
  return (
    <div className={classes.frame} tabIndex={0} role="group" aria-label="Drawing; scrolls sideways">
      <svg className={classes.drawing} {...sizeOf(layout)} role="img" aria-label={name}>
        {edges.map((edge) => (
          <Edge key={`${edge.from.node.id} ${edge.words} ${edge.to.node.id}`} edge={edge} />
        ))}
        {nodes.map((placed) => (
          <Box key={placed.node.id} placed={placed} isCentre={placed.node.id === identity.id} />
        ))}
      </svg>
    </div>
  );
}

function Edge({ edge: { from, to, words } }: { readonly edge: Drawn<Node> }) {
  const [left, right] = from.x <= to.x ? [from, to] : [to, from];
  const [x1, y1] = [left.x + NODE_WIDTH, left.y + NODE_HEIGHT / 2];
  const [x2, y2] = [right.x, right.y + NODE_HEIGHT / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  const curve =
    left.x === right.x
      ? `M${x1} ${y1}c24 0 24 ${y2 - y1} 0 ${y2 - y1}`
      : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  return (
    <path className={classes.edge} d={curve}>
      <title>{`${from.node.name} ${words} ${to.node.name}`}</title>
    </path>
  );
}

function Box({ placed: { node, x, y }, isCentre }: { readonly placed: Placed<Node>; readonly isCentre: boolean }) {
  const { name, kind, detail } = node;
  return (
    <g className={classes.node} data-centre={isCentre} data-kind={kind} transform={`translate(${x} ${y})`}>
      <title>{[name, plain(kind), detail].filter(Boolean).join(' · ')}</title>
      <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx={6} />
      <text x={10} y={18} className={classes.name}>
        {shorten(name)}
      </text>
      <text x={10} y={34} className={classes.kind}>
        {shorten(detail ?? plain(kind))}
      </text>
    </g>
  );
}

function shorten(text: string): string {
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;
}
