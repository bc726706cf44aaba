import { createHash } from 'node:crypto';
import { leafHash } from '../../crypto/index.js';
import { canonicalJson, type Json } from '../../kernel/index.js';

export const EXPORT_FORMAT = 'muster-audit-export/1';

/** One entry as its reader may see it. */
export interface ExportedEntry {
  readonly index: number;
  /** Canonical JSON, as in the tree. */
  readonly leaf: string;
  /** What the leaf commits to; null where it is withheld from this reader, or no longer kept. */
  readonly shown: { readonly salt: Buffer; readonly images: string } | null;
}

export interface ProvedEntry extends ExportedEntry {
  /** Inclusion proof in the tree of the file's checkpoint (RFC 6962 §2.1.1). */
  readonly proof: readonly Buffer[];
}

export interface ExportFile {
  /** Signed note of the tree that every proof leads to. */
  readonly checkpoint: string;
  /** Public key of the log. Whoever verifies compares it with the one they were given elsewhere. */
  readonly key: string;
  /** An earlier checkpoint that the reader holds, and the proof that the log has only grown since. */
  readonly earlier: { readonly checkpoint: string; readonly proof: readonly Buffer[] } | null;
  readonly entries: readonly ProvedEntry[];
  /** The log's own record of this export: it says which entries there were and which were withheld. */
  readonly receipt: ProvedEntry;
}

/** What was asked for: entries from index `from` up to, not including, `to`; of one subject or of all. */
export interface Selection {
  readonly from: number;
  readonly to: number;
  readonly subject: string | null;
}

/**
 * The image that an export's own record carries: what was asked for and a digest over what was given. So an entry that
 * is taken out, put in or blanked afterwards is found, in the export of one subject too.
 */
export function exportImage(selection: Selection, entries: readonly ExportedEntry[]): Json {
  return { ...selection, ...partImage(entries) };
}

/** What the record of an export says of entries that were chosen by something else than a range or one subject. */
export function partImage(entries: readonly ExportedEntry[]): { readonly digest: string; readonly entries: number } {
  const given = entries.map(({ index, leaf, shown }) => [
    index,
    leafHash(Buffer.from(leaf)).toString('base64'),
    shown ? 'shown' : 'withheld',
  ]);
  const digest = createHash('sha256').update(canonicalJson(given)).digest('base64');
  return { digest, entries: entries.length };
}

/**
 * The file: JSON of which every line is canonical (RFC 8785), one entry a line. A damaged byte spoils one line, and the
 * verifier can say which.
 */
export function exportText(file: ExportFile): string {
  const { checkpoint, key } = file;
  const earlier = file.earlier && { checkpoint: file.earlier.checkpoint, proof: file.earlier.proof.map(base64) };
  const head = canonicalJson({ checkpoint, earlier, format: EXPORT_FORMAT, key });
  const entries = file.entries.map(entryText).join(',\n');
  return `${head.slice(0, -1)},"entries":[\n${entries}\n],"receipt":${entryText(file.receipt)}}\n`;
}

function entryText({ index, leaf, proof, shown }: ProvedEntry): string {
  return canonicalJson({
    index,
    leaf: embed(leaf),
    proof: proof.map(base64),
    ...(shown ? { images: embed(shown.images), salt: shown.salt.toString('base64') } : { withheld: ['images'] }),
  });
}

/** Canonical text stands as the object it is; anything else that got into the table stands as text, and stops nothing. */
function embed(text: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && canonicalJson(value) === text ? value : text;
  } catch {
    return text;
  }
}

function base64(hash: Buffer): string {
  return hash.toString('base64');
}
