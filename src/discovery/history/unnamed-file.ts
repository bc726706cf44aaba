import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file of the user's alone that has no name any more: it is gone when it is closed, however that comes. @returns its descriptor */
export function unnamedFile(): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-scan-'));
  try {
    return openSync(path.join(folder, 'file'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
