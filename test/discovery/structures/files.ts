import type { Clue } from '../../../src/discovery/domain/finding.js';
import { readStructures, type StructuredCandidate } from '../../../src/discovery/structures/index.js';
import { AT } from '../identities/sight.js';

export function secretsOf(path: string, content: string | Buffer): readonly StructuredCandidate[] {
  return readStructures(Buffer.from(content), path, AT);
}

/** What a candidate's bytes are in the file. */
export function written(content: string, { start, end }: StructuredCandidate): string {
  return Buffer.from(content).subarray(start!, end!).toString('utf8');
}

export function factsIn({ clues }: StructuredCandidate, from: string): Clue['facts'] | undefined {
  return clues.find((clue) => clue.from === from)?.facts;
}
