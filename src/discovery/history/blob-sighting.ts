import type { Description } from '../scan/sighting.js';
import type { TextNote } from '../suppressions/text-note.js';
import type { Held } from './object-search.js';
import type { SkipReason } from './pack-scanner.js';

/** A secret in one blob, without the secret. Which one it is says the number; by which path and commit it came is looked up later. */
export interface BlobSighting extends Held {
  readonly blob: string;
  /** All from 1. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly within: readonly string[];
  readonly note?: TextNote | undefined;
}

export interface SkippedBlob {
  readonly blob: string;
  readonly reason: SkipReason;
}

/** What a thread found since it was asked last. */
export interface Report {
  readonly sightings: readonly BlobSighting[];
  /** What is told of each secret, by its number. */
  readonly descriptions: readonly (readonly [number, Description])[];
  readonly skipped: readonly SkippedBlob[];
  /** Binary blobs are many, and counted only. */
  readonly binary: number;
  readonly objects: number;
  readonly scannedBytes: number;
  readonly resolvedBytes: number;
}
