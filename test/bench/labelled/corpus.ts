import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Some } from '../some.js';
import { CLEAN } from './clean.js';
import { FORMATS, type Format } from './formats.js';
import { FORMS, HARMLESS } from './forms.js';
import { around, clean, type Form, type Makers, type Piece, secret, type Setting } from './piece.js';
import { CHOSEN, CONNECTIONS, KEYS } from './secrets.js';
import { VENDORS } from './vendors.js';
import { word } from './words.js';

/** Lines of a file, from 1 on, and what they are. */
export interface Label {
  readonly path: string;
  readonly first: number;
  readonly last: number;
  readonly kind: string;
  readonly isSecret: boolean;
}

export interface Corpus {
  readonly files: ReadonlyMap<string, string>;
  readonly labels: readonly Label[];
}

const SECRETS: Makers<Setting> = { ...CHOSEN, ...KEYS, ...CONNECTIONS, ...VENDORS };
/** Of each kind, in formats of its turn. */
const OF_EACH_SECRET = 20;
const OF_EACH_FORM = 6;
const HARMLESS_OF_EACH = 10;
const CLEAN_SETTINGS = 5;
const USUAL_LINES = 4;

/**
 * Files as repositories have them, with secrets and with what only looks like one, and what each line is: the same by the same seed.
 * It knows nothing of the rules that are to be tried on it: forms are written down from vendors' pages, and settings as people write them.
 */
export function corpusOf(seed: string): Corpus {
  const some = new Some(seed);
  const kinds = Object.entries(SECRETS).flatMap((kind) => Array<typeof kind>(OF_EACH_SECRET).fill(kind));
  const settings = kinds.map(([kind, make], index) =>
    settingsFile(some, FORMATS[(index * 7) % FORMATS.length]!, kind, make(some)),
  );
  const forms = FORMS.flatMap((make) => Array.from({ length: OF_EACH_FORM }, () => make(some)));
  const harmless = HARMLESS.flatMap((make) => Array.from({ length: HARMLESS_OF_EACH }, () => make(some)));
  return written(some, [...settings, ...forms, ...harmless]);
}

export function writeCorpus({ files }: Corpus, folder: string): void {
  for (const [name, text] of files) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

/** A file of settings, one of which is secret. */
function settingsFile(some: Some, format: Format, kind: string, one: Setting): Form {
  const pieces: Piece[] = Array.from({ length: CLEAN_SETTINGS }, () => {
    const [name, make] = some.pick(Object.entries(CLEAN));
    return clean(name, ...format.set(make(some)));
  });
  for (let count = 0; count < USUAL_LINES; count++)
    pieces.push(clean(`usual: ${format.name}`, ...some.pick(format.usual).split('\n')));
  pieces.push(secret(kind, ...format.set(one)));
  const mixed = pieces.map((piece) => [some.number(1000), piece] as const).sort(([a], [b]) => a - b);
  return {
    path: some.pick(format.files),
    pieces: [around(...(format.begin ?? [])), ...mixed.map(([, piece]) => piece), around(...(format.end ?? []))],
  };
}

/** Each file in a folder of its own, so that none stands in another's place. */
function written(some: Some, forms: readonly Form[]): Corpus {
  const files = new Map<string, string>();
  const labels: Label[] = [];
  for (const [index, { path: name, pieces }] of forms.entries()) {
    const place = `${word(some)}-${index}/${name}`;
    let line = 1;
    for (const { lines, kind, isSecret } of pieces) {
      if (kind !== undefined)
        labels.push({ path: place, first: line, last: line + lines.length - 1, kind, isSecret: isSecret === true });
      line += lines.length;
    }
    files.set(place, `${pieces.flatMap(({ lines }) => lines).join('\n')}\n`);
  }
  return { files, labels };
}
