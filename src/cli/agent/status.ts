import { rm } from 'node:fs/promises';
import { readNamedFile, writePrivateFile } from '../private-file.js';

/** How it stands with one thing that is kept. */
export interface CredentialStatus {
  readonly kind: 'certificate' | 'secret';
  /** The certificate's folder, or `rot_…`. */
  readonly name: string;
  /** Of the secret that is in use. */
  readonly version: number | null;
  /** Why the last attempt failed; null while all is well. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export interface AgentStatus {
  readonly pid: number;
  /** `ok` once everything is there, and nothing failed since. */
  readonly state: 'starting' | 'ok' | 'failing';
  readonly credentials: readonly CredentialStatus[];
}

type Told = Partial<Pick<CredentialStatus, 'version' | 'failure'>> & { readonly there?: boolean };

/** Says in a file how it stands: for a person, a health check, a monitor. Nothing in it is secret. */
export class StatusFile {
  private readonly known = new Map<string, CredentialStatus & { readonly there: boolean }>();
  private writing = Promise.resolve();
  private closed = false;

  constructor(private readonly path: string) {}

  tell(kind: CredentialStatus['kind'], name: string, told: Told): void {
    const key = `${kind} ${name}`;
    const before = this.known.get(key) ?? { kind, name, version: null, failure: null, there: false };
    this.known.set(key, { ...before, ...told });
    this.write();
  }

  get status(): AgentStatus {
    const all = [...this.known.values()];
    const failing = all.some(({ failure }) => failure !== null);
    const state = failing ? 'failing' : all.every(({ there }) => there) ? 'ok' : 'starting';
    return { pid: process.pid, state, credentials: all.map(({ there: _there, ...one }) => one) };
  }

  /** The last word; then the file goes, for nobody keeps it true any more. */
  async close(): Promise<void> {
    this.closed = true;
    await this.writing;
    await rm(this.path, { force: true });
  }

  private write(): void {
    if (this.closed) return;
    const text = `${JSON.stringify(this.status, null, 2)}\n`;
    this.writing = this.writing.then(() => writePrivateFile(this.path, text)).catch(() => undefined);
  }
}

/** @throws CliError `file_unreadable` where no agent runs */
export async function readStatus(path: string): Promise<AgentStatus> {
  return JSON.parse((await readNamedFile(path)).toString()) as AgentStatus;
}
