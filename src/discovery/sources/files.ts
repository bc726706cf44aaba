import { z } from 'zod';
import { counted } from '../../kernel/index.js';
import { CODE_DOCUMENTS, DOCUMENT_KINDS, type DocumentKind } from './documents/index.js';
import { localPath, readablePath } from './folders.js';
import type { SourceKind, Tools } from './kind.js';
import { lookInThread } from './looking/thread.js';
import type { Said, Source } from './source.js';

/** What is read for accounts beside the search for secrets. */
export const documents = z
  .array(z.enum(DOCUMENT_KINDS as [DocumentKind, ...DocumentKind[]]))
  .max(DOCUMENT_KINDS.length)
  .default([...CODE_DOCUMENTS])
  .describe('Kinds of documents that are read for accounts and what is granted to them.');

const settings = z.strictObject({
  path: localPath,
  documents,
  secrets: z.boolean().default(true).describe('Whether secrets are looked for, too.'),
});
type Settings = z.output<typeof settings>;

/** Files below a folder of the worker's machine: a checkout, a host's `/etc`, manifests, states, exports. */
export const files: SourceKind<Settings, null> = {
  settings,
  access: z.null(),
  placeOf: ({ path }) => path,
  open: (chosen, _access, tools) => new FilesSource(chosen, tools),
};

class FilesSource implements Source {
  readonly kind = 'files';

  constructor(
    private readonly settings: Settings,
    private readonly tools: Tools,
  ) {}

  /** All of it each time: a tree does not say what has changed, and reading it is cheap. */
  async *observe(_cursor: string | null, signal: AbortSignal): AsyncGenerator<Said, void> {
    const { name, key, now, folders, proofKey, verifiers } = this.tools;
    const folder = await readablePath(this.settings.path, folders);
    const task = {
      ...{
        name,
        key,
        at: now(),
        documents: this.settings.documents,
        secrets: this.settings.secrets,
        stateFolder: null,
      },
      ...{ proofKey, verifiers },
      what: { kind: 'paths', paths: [folder], followIgnores: true },
    } as const;
    for await (const said of lookInThread(task, signal))
      if (said.kind !== 'looked') yield said;
      else
        yield {
          kind: 'end',
          cursor: null,
          complete: true,
          coverage: `${counted(said.files, 'file')}, ${counted(said.documents, 'document')}`,
        };
  }
}
