import { type Connection, refusalFrom } from '../client/index.js';

/** The newest checkpoint, a signed note. */
export function readCheckpoint(connection: Connection): Promise<string> {
  return readDocument(connection, '/v1/audit/checkpoint');
}

/** How many entries the log had: the second line of a checkpoint (C2SP tlog-checkpoint). NaN for other text. */
export function sizeOfCheckpoint(note: string): number {
  return Number(note.split('\n')[1]);
}

/** A document that is not JSON, as it was answered. */
export async function readDocument(connection: Connection, path: string): Promise<string> {
  const response = await connection.fetch(path);
  if (!response.ok) throw await refusalFrom(response);
  return response.text();
}

/** The export exactly as it was answered: its bytes are what is proved. */
export async function takeExport(
  connection: Connection,
  selection: { readonly from?: number; readonly to?: number; readonly subject?: string; readonly pinnedSize?: number },
): Promise<string> {
  const response = await connection.fetch('/v1/audit/exports', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(selection),
  });
  if (!response.ok) throw await refusalFrom(response);
  return response.text();
}
