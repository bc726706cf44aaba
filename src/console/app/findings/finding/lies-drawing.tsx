import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Layout, layOut, NODE_HEIGHT, NODE_WIDTH, sizeOf } from '../../drawing/layout.js';
import reach from '../../identity/reach.module.css';
import { type Known, type Lies, liesOf, type Node } from './lies.js';
import classes from './lies.module.css';

const LONGEST_NAME = 20;
const LONGEST_DETAIL = 23;

/** Where it lies and what it opens: drawn, or as a list that says the same. */
export function LiesOf(known: Known) {
  // A drawing that is wider than the window is harder to read than a list.
  const [form, setForm] = useState(() => (matchMedia('(max-width: 48em)').matches ? 'list' : 'drawing'));
  const lies = liesOf(known);
  return (
    <div className={reach.reach}>
      <SegmentedControl
        aria-label="Show as"
        size="xs"
        value={form}
        onChange={setForm}
        data={[
          { value: 'drawing', label: 'Drawing' },
          { value: 'list', label: 'List' },
        ]}
      />
      {form === 'drawing' ? (
        <Drawing layout={layOut(lies, ({ column }) => column)} centreId={known.finding.id} />
      ) : (
        <List lies={lies} />
      )}
    </div>
  );
}

function Drawing({ layout, centreId }: { readonly layout: Layout<Node>; readonly centreId: string }) {
  const { nodes, edges } = layout;
  return (
    <div className={reach.frame} tabIndex={0} role="group" aria-label="Drawing; scrolls sideways">
      <svg
        className={reach.drawing}
        {...sizeOf(layout)}
        role="img"
        aria-label="Where it lies and what it opens; the list says the same in words"
      >
        {edges.map(({ from, to, words }) => {
          const [x1, y1] = [from.x + NODE_WIDTH, from.y + NODE_HEIGHT / 2];
          const [x2, y2] = [to.x, to.y + NODE_HEIGHT / 2];
          const bend = Math.max(20, (x2 - x1) / 2);
          return (
            <path
              key={`${from.node.id} ${to.node.id}`}
              className={reach.edge}
              d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            >
              <title>{`${from.node.name} ${words} ${to.node.name}`}</title>
            </path>
          );
        })}
        {nodes.map(({ node, x, y }) => (
          <g
            key={node.id}
            className={classes.node}
            data-tone={node.tone}
            data-centre={node.id === centreId}
            transform={`translate(${x} ${y})`}
          >
            <title>{`${node.name} · ${node.detail}`}</title>
            <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx={6} />
            <rect className={classes.stripe} width={4} height={NODE_HEIGHT - 12} x={5} y={6} rx={2} />
            <text x={16} y={18} className={reach.name}>
              {node.column === 0 ? endOf(node.name, LONGEST_NAME) : shorten(node.name, LONGEST_NAME)}
            </text>
            <text x={16} y={34} className={reach.kind}>
              {shorten(node.detail, LONGEST_DETAIL)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

const HEADINGS = ['Lies in', 'It', 'Opens', 'Which is of, and may'] as const;

function List({ lies: { nodes } }: { readonly lies: Lies }) {
  return (
    <dl className={classes.list}>
      {([0, 1, 2, 3] as const).map((column) => {
        const here = nodes.filter((node) => node.column === column);
        return here.length === 0 ? null : (
          <div key={column}>
            <dt>{HEADINGS[column]}</dt>
            {here.map((node) => (
              <dd key={node.id}>
                <Name node={node} /> <small>{node.detail}</small>
              </dd>
            ))}
          </div>
        );
      })}
    </dl>
  );
}

function Name({ node: { name, to } }: { readonly node: Node }) {
  if (to === null) return name;
  return to.kind === 'identity' ? (
    <Link to="/identities/$id" params={{ id: to.id }}>
      {name}
    </Link>
  ) : (
    <Link to="/sources/$id" params={{ id: to.id }}>
      {name}
    </Link>
  );
}

function shorten(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text;
}

/** Of a path, its end says more. */
function endOf(text: string, longest: number): string {
  return text.length > longest ? `…${text.slice(1 - longest)}` : text;
}
