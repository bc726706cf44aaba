import { z } from 'zod';
import { counted } from '../../kernel/index.js';
import { localPath, readablePath } from './folders.js';
import type { SourceKind, Tools } from './kind.js';
import { lookInThread } from './looking/thread.js';
import type { Said, Source } from './source.js';

const settings = z.strictObject({ path: localPath });
type Settings = z.output<typeof settings>;

/** A container image in a file, as `docker save` or `skopeo copy` writes it: all of its layers, also what a later one hides. */
export const image: SourceKind<Settings, null> = {
  settings,
  access: z.null(),
  placeOf: ({ path }) => path,
  open: (chosen, _access, tools) => new ImageSource(chosen, tools),
};

class ImageSource implements Source {
  readonly kind = 'image';

  constructor(
    private readonly settings: Settings,
    private readonly tools: Tools,
  ) {}

  async *observe(_cursor: string | null, signal: AbortSignal): AsyncGenerator<Said, void> {
    const { name, key, now, folders, proofKey, verifiers } = this.tools;
    const file = await readablePath(this.settings.path, folders);
    const task = {
      ...{ name, key, at: now(), documents: [], secrets: true, stateFolder: null },
      ...{ proofKey, verifiers },
      what: { kind: 'image', file },
    } as const;
    for await (const said of lookInThread(task, signal))
      if (said.kind !== 'looked') yield said;
      else
        yield { kind: 'end', cursor: null, complete: true, coverage: `${counted(said.files, 'file')} of its layers` };
  }
}
