import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { counted } from '../../kernel/index.js';
import { digestOfRefs } from '../history/refs.js';
import { findRepository, type Repository } from '../history/repository.js';
import { digestOf } from '../history/state-file.js';
import { HistoryError } from '../history/errors.js';
import { RULES } from '../rules/index.js';
import { SourceError } from './errors.js';
import { documents } from './files.js';
import { localPath, readablePath } from './folders.js';
import { fetchMirror } from './git/mirror.js';
import { readRemote } from './git/remote.js';
import type { SourceKind, Tools } from './kind.js';
import { lookInThread } from './looking/thread.js';
import type { Said, Source } from './source.js';

const settings = z
  .strictObject({
    url: z.string().max(2048).optional().describe('Of the repository, over https or ssh, without user and password.'),
    path: localPath.optional(),
    documents,
  })
  .refine(({ url, path: local }) => (url === undefined) !== (local === undefined), 'must have either url or path');
type Settings = z.output<typeof settings>;

const secret = z.string().min(1).max(16_384);
const access = z
  .strictObject({
    user: z
      .string()
      .regex(/^[A-Za-z0-9_.@-]{1,100}$/)
      .optional()
      .describe('Beside a token, where the server asks for one.'),
    token: z
      .string()
      .regex(/^[!-~]{1,1000}$/)
      .optional(),
    privateKey: secret.optional().describe('Over ssh: of a deploy key that may read.'),
    knownHosts: secret.optional().describe('Over ssh: lines of known_hosts that name the server’s key.'),
  })
  .nullable();
type Access = z.output<typeof access>;

/** Bumped where what is read of documents changes: then everything is told again. */
const READING = 1;

/**
 * A repository with all of its history, and what its default branch says of accounts. One elsewhere is fetched into a bare one of
 * ours first. What has been read once is not read again; where nothing has moved, nothing is.
 */
export const git: SourceKind<Settings, Access> = {
  settings,
  access,
  placeOf: ({ url, path: local }) => (url === undefined ? local! : readRemote(url).url),
  isPlain: ({ url }) => url !== undefined && readRemote(url).scheme === 'http',
  open: (chosen, opens, tools) => new GitSource(chosen, opens, tools),
};

class GitSource implements Source {
  readonly kind = 'git';

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly tools: Tools,
  ) {}

  async *observe(cursor: string | null, signal: AbortSignal): AsyncGenerator<Said, void> {
    const { name, key, now, ownFolder, proofKey, verifiers } = this.tools;
    const folder = await this.repository(signal);
    const here = this.stateOf(folder);
    if (cursor !== null && cursor === here) {
      yield { kind: 'end', cursor, complete: false, coverage: 'nothing new' };
      return;
    }
    const stateFolder = path.join(ownFolder, 'state');
    await mkdir(stateFolder, { recursive: true, mode: 0o700 });
    const task = {
      ...{ name, key, at: now(), documents: this.settings.documents, secrets: true, stateFolder },
      ...{ proofKey, verifiers },
      what: { kind: 'history', folder },
    } as const;
    for await (const said of lookInThread(task, signal))
      if (said.kind !== 'looked') yield said;
      else yield { kind: 'end', cursor: here, complete: true, coverage: coverageOf(said.files, said.documents) };
  }

  /** Where it lies on this machine, as it is elsewhere now. */
  private async repository(signal: AbortSignal): Promise<string> {
    const { url, path: local } = this.settings;
    if (url === undefined) return this.local(local!);
    const remote = readRemote(url);
    const way = await this.tools.wayTo(remote.host, remote.scheme !== 'http', signal);
    const folder = path.join(this.tools.ownFolder, 'mirror.git');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await fetchMirror(folder, remote, this.access ?? {}, { ...way, signal });
    return folder;
  }

  /** What its own files name is an attacker's word: where the objects lie must be opened, too. */
  private async local(given: string): Promise<string> {
    const folder = await readablePath(given, this.tools.folders);
    const { gitDirectory, commonDirectory, objectsDirectory } = repositoryIn(folder);
    for (const named of [gitDirectory, commonDirectory, objectsDirectory])
      await readablePath(await realpath(named), this.tools.folders);
    return folder;
  }

  /** By what all refs point to, and by what we know to look for and to prove it by: with the same, everything would be said again. */
  private stateOf(folder: string): string {
    const refs = digestOfRefs(repositoryIn(folder));
    const proofs = this.tools.verifiers.map(({ role, sealed }) => `${role} ${sealed}`).sort();
    return digestOf(READING, refs, RULES.map(({ id }) => id).join(), this.settings.documents.join(), proofs.join());
  }
}

/** @throws SourceError `source_missing` */
function repositoryIn(folder: string): Repository {
  try {
    return findRepository(folder);
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    throw new SourceError('source_missing', 'There is no repository that can be read: check where it is.');
  }
}

function coverageOf(objects: number, read: number): string {
  return `${objects === 0 ? 'nothing new in the history' : counted(objects, 'new object')}, ${counted(read, 'document')}`;
}
