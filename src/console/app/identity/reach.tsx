import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Identity } from '../identities/identities-queries.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { plain } from '../words/deeds.js';
import { type ReachGraph, reachQuery } from './identity-queries.js';
import { ReachDrawing } from './reach-drawing.js';
import classes from './reach.module.css';

/** What stands around an identity: drawn, or as a table that says the same. */
export function Reach({ identity }: { readonly identity: Identity }) {
  const reach = useQuery(reachQuery(identity.id));
  const [form, setForm] = useState('drawing');
  if (reach.isError) return <ProblemPanel problem={reach.error} onRetry={() => void reach.refetch()} />;
  if (!reach.data) return <RowsLoading rows={4} />;
  return (
    <div className={classes.reach}>
      <SegmentedControl
        aria-label="Show as"
        size="xs"
        value={form}
        onChange={setForm}
        data={[
          { value: 'drawing', label: 'Drawing' },
          { value: 'table', label: 'Table' },
        ]}
      />
      {form === 'drawing' ? <ReachDrawing graph={reach.data} identity={identity} /> : <ReachTable graph={reach.data} />}
      {reach.data.leftOut.length > 0 && (
        <p className={classes.leftOut}>
          Left out: {reach.data.leftOut.map(({ kind, count }) => `${count} of kind ${plain(kind)}`).join(', ')}.
        </p>
      )}
    </div>
  );
}

function ReachTable({ graph }: { readonly graph: ReachGraph }) {
  const names = new Map(graph.nodes.map(({ id, name }) => [id, name]));
  return (
    <div className={classes.frame}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">How</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {graph.edges.map(({ from, to, words }) => (
            <tr key={`${from} ${words} ${to}`}>
              <td>{names.get(from)}</td>
              <td>{words}</td>
              <td>{names.get(to)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
