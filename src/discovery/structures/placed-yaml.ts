import { createRequire } from 'node:module';
import type * as YamlModule from 'yaml';
import type { Node, ParsedNode, Scalar, YAMLMap } from 'yaml';
import { StructureError } from './errors.js';
import type { PlacedJson } from './placed-json.js';
import { utf8 } from './text.js';
import { YamlAllowance } from './yaml-allowance.js';

type Yaml = typeof YamlModule;

const MAX_DEPTH = 96;
const MAX_VALUES = 200_000;
const MAX_DOCUMENTS = 200;
const MAX_DOCUMENT_CHARACTERS = 512 * 1024;
/** Of all documents of a file that are read. */
const MAX_CHARACTERS = 2 * 1024 * 1024;
/** Where brackets nest deeper than this, the parser itself would run out of stack. */
const MAX_FLOW_DEPTH = 64;

let loaded: Yaml | undefined;

/**
 * Reads documents of a placed text in YAML 1.2, as JSON with places: those in which the wanted words stand, the others cost nothing.
 * What an alias stands for is left out where it is used, so that cycles and laughing billions come to nothing. A document that is not
 * YAML is left out.
 *
 * @param allowance what is left to be read of all files together
 * @throws StructureError `structure_malformed`, `structure_too_deep`, `structure_too_large`
 */
export function readPlacedYaml(text: string, wanted: RegExp, allowance = new YamlAllowance()): readonly PlacedJson[] {
  const documents = documentsOf(text).filter((document) => wanted.test(document.text));
  const characters = documents.reduce((sum, document) => sum + document.text.length, 0);
  if (documents.length > MAX_DOCUMENTS || characters > MAX_CHARACTERS)
    throw new StructureError('structure_too_large', 'More documents than anybody writes in a file.');
  allowance.take(characters);
  return documents.flatMap((document) => readDocument(document));
}

interface Document {
  readonly text: string;
  /** Of its first byte in the file. */
  readonly start: number;
}

/** A line that begins with three dashes begins a document, whatever stands before it (YAML 1.2 §9.1.2). */
function documentsOf(text: string): readonly Document[] {
  const documents: Document[] = [];
  let start = 0;
  for (let at = text.indexOf('\n---'); at >= 0; at = text.indexOf('\n---', at + 1)) {
    documents.push({ text: text.slice(start, at + 1), start });
    start = at + 1;
  }
  return [...documents, { text: text.slice(start), start }];
}

function readDocument({ text, start }: Document): readonly PlacedJson[] {
  if (text.length > MAX_DOCUMENT_CHARACTERS)
    throw new StructureError('structure_too_large', 'A larger document than anybody writes.');
  if (flowDepth(text) > MAX_FLOW_DEPTH || blockDepth(text) > MAX_DEPTH) throw tooDeep();
  // Loaded at the first file that needs it: a scan of none pays nothing.
  loaded ??= createRequire(import.meta.url)('yaml') as Yaml;
  const walk = new Walk(loaded, start);
  return parsed(loaded, text).flatMap((contents) => (contents ? [walk.value(contents, 0)] : []));
}

function parsed({ parseAllDocuments }: Yaml, text: string): readonly (Node | null)[] {
  const { stackTraceLimit } = Error;
  // The parser makes an error of each mark that is wrong: where each comes from takes longer than all else.
  Error.stackTraceLimit = 0;
  try {
    const options = { logLevel: 'silent', strict: false, uniqueKeys: false, prettyErrors: false } as const;
    const documents = parseAllDocuments<ParsedNode>(text, options);
    return Array.isArray(documents) ? documents.map(({ contents }) => contents) : [];
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw new StructureError('structure_malformed', 'Not YAML: it is read as plain text only.');
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

class Walk {
  private count = 0;

  constructor(
    private readonly yaml: Yaml,
    private readonly start: number,
  ) {}

  value(node: unknown, depth: number): PlacedJson {
    if (depth > MAX_DEPTH) throw tooDeep();
    if ((this.count += 1) > MAX_VALUES) throw new StructureError('structure_too_large', 'Too many values.');
    if (this.yaml.isMap(node)) return this.map(node, depth);
    if (this.yaml.isSeq(node)) {
      const list = node.items.map((item) => this.value(item, depth + 1));
      return { kind: 'list', items: list };
    }
    // An alias, or nothing.
    return this.yaml.isScalar(node) ? scalar(node, this.start) : { kind: 'other', value: null };
  }

  private map(node: YAMLMap, depth: number): PlacedJson {
    const members = new Map<string, PlacedJson>();
    for (const { key, value } of node.items) {
      const name = this.yaml.isScalar(key) ? utf8(String(key.value)) : undefined;
      if (name !== undefined) members.set(name, this.value(value, depth + 1));
    }
    return { kind: 'object', members };
  }
}

function scalar({ value, range, source }: Scalar, from: number): PlacedJson {
  const [start, end] = [from + (range?.[0] ?? 0), from + (range?.[1] ?? 0)];
  if (typeof value === 'string') return { kind: 'text', value: utf8(value), start, end };
  // A password of digits alone is a number to YAML, and a text to whoever reads the file.
  if (typeof value === 'number' || typeof value === 'bigint')
    return { kind: 'text', value: utf8(source ?? String(value)), start, end };
  return { kind: 'other', value: typeof value === 'boolean' ? value : null };
}

/** Dashes, question marks and anchors nest on one line; whoever writes a hundred of them means harm. */
function blockDepth(text: string): number {
  const marks = /^[ \t]*((?:[-?&*!][^\s:]{0,64}[ \t]+){${MAX_DEPTH},})/m.exec(text);
  return marks ? MAX_DEPTH + 1 : 0;
}

function flowDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth -= 1;
  }
  return deepest;
}

function tooDeep(): StructureError {
  return new StructureError('structure_too_deep', 'Nested deeper than anybody writes.');
}
