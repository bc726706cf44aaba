import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const FAMILY = '@expo-google-fonts/source-sans-3';

/** Source Sans 3 (SIL Open Font License): Latin, Greek and Cyrillic, Vietnamese too. Embedded, as far as it is used. */
export interface Typeface {
  readonly regular: Buffer;
  readonly bold: Buffer;
}

let loaded: Promise<Typeface> | undefined;

/** Reads the typeface once, when the first report is written. */
export function typeface(): Promise<Typeface> {
  return (loaded ??= read());
}

async function read(): Promise<Typeface> {
  const [regular, bold] = await Promise.all([
    readFile(require.resolve(`${FAMILY}/400Regular/SourceSans3_400Regular.ttf`)),
    readFile(require.resolve(`${FAMILY}/600SemiBold/SourceSans3_600SemiBold.ttf`)),
  ]);
  return { regular, bold };
}
