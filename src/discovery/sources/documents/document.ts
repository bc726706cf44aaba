import type { Observation } from '../../domain/observation.js';
import { readPlacedJson, type PlacedJson } from '../../structures/placed-json.js';
import { readPlacedYaml } from '../../structures/placed-yaml.js';
import { placedText } from '../../structures/text.js';

/** One file of a tree, as it is there now. */
export interface SourceDocument {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What all documents of a source share. */
export interface DocumentContext {
  /** How the source is called: the cluster, the repository or the firm where a document names none. */
  readonly name: string;
  /** The instant of the look. */
  readonly at: Date;
}

/**
 * Reads one kind of file for the accounts and credentials that it speaks of. What it says follows from all that it was given, so that
 * what one file grants to what another names comes together.
 */
export interface DocumentReader {
  readonly name: string;
  /** Whether a file of that path could be one: cheap, and asked of every path. */
  byPath(path: string): boolean;
  /** Whether one with such a path is, by a look at its bytes that costs no more than finding a word in them. */
  recognises(bytes: Uint8Array): boolean;
  /** @throws StructureError; whatever else it stumbles over is the same refusal */
  take(document: SourceDocument): void;
  seen(): Iterable<Observation>;
}

/** Of one document: its values, without where they stand. */
export function plainValue(value: PlacedJson): unknown {
  switch (value.kind) {
    case 'text':
    case 'other':
      return value.value;
    case 'list':
      return value.items.map(plainValue);
    case 'object':
      return Object.fromEntries([...value.members].map(([name, inner]) => [name, plainValue(inner)]));
  }
}

/** @throws StructureError */
export function readJson(bytes: Uint8Array, mostBytes: number): unknown {
  return plainValue(readPlacedJson(placedText(bytes, mostBytes)));
}

/**
 * Documents in which the words stand.
 *
 * @throws StructureError
 */
export function readYaml(bytes: Uint8Array, mostBytes: number, wanted: RegExp): readonly unknown[] {
  return readPlacedYaml(placedText(bytes, mostBytes), wanted).map(plainValue);
}
