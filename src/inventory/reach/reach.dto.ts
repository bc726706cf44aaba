import { z } from 'zod';
import { type Graph, NODE_KINDS } from './domain/graph.js';

const kind = z.enum(NODE_KINDS);

export const reachSchema = z
  .strictObject({
    nodes: z.array(z.strictObject({ id: z.string(), kind, name: z.string(), detail: z.string().nullable() })),
    edges: z
      .array(z.strictObject({ from: z.string(), to: z.string(), words: z.string() }))
      .meta({ description: 'Words read from the first node to the second.' }),
    leftOut: z
      .array(z.strictObject({ kind, count: z.int() }))
      .meta({ description: 'What there is beside the 200 nodes, or the credentials, that are shown.' }),
  })
  .meta({ id: 'Reach' });

export function showReach({ nodes, edges, leftOut }: Graph): z.input<typeof reachSchema> {
  return { nodes: [...nodes], edges: [...edges], leftOut: [...leftOut] };
}
