import type { Clue } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import type { YamlAllowance } from './yaml-allowance.js';

/** What a structure's candidates are reported as: a rule without an expression, for the place alone says what a value is. */
export type StructuredRule = Omit<Rule, 'shape' | 'genuine' | 'secret' | 'completes' | 'not'>;

/** A secret that a file's own structure gives away, wherever its value's bytes look like nothing. */
export interface StructuredCandidate {
  readonly rule: StructuredRule;
  /** The value as the structure means it: without quotes, escapes and base64. */
  readonly secret: string;
  /** Where it stands in the file, in bytes, as it is written there; null where it stands in no one place (a key store). */
  readonly start: number | null;
  readonly end: number | null;
  /** What the structure says of whose it is. */
  readonly clues: readonly Clue[];
  /** How it was wrapped, from the outside in: `kubernetes-secret`, `base64`. */
  readonly within: readonly string[];
}

/**
 * Reads one kind of file as what it is. What it gives replaces whatever the text of the same bytes would give; where a vendor's own
 * rule knows the value, that rule stays and takes the structure's clues.
 */
export interface Structure {
  readonly name: string;
  /** Whether a file of that path could be one: cheap, and asked of every path. */
  readonly byPath: (path: string) => boolean;
  /** Whether a file with such a path is one, by a look at its bytes that costs no more than finding a word in them. */
  readonly recognises: (bytes: Uint8Array) => boolean;
  /**
   * The secrets in it. The bytes are an attacker's: time and memory are bounded, and what cannot be read is refused.
   *
   * @param yaml what is left to be read as YAML of all files together
   * @throws StructureError
   */
  readonly read: (bytes: Uint8Array, path: string, at: Date, yaml: YamlAllowance) => readonly StructuredCandidate[];
}
