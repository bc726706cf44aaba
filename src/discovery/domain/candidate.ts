import type { Rule } from './rule.js';

/** Where a rule's grammar matches: what is made of it is decided later. In bytes of the object, whatever its encoding. */
export interface Candidate {
  readonly rule: Rule;
  readonly start: number;
  readonly end: number;
  /** The secret itself within it. */
  readonly secretStart: number;
  readonly secretEnd: number;
}

/** Keywords found in an object: pairs of the place and the keyword's number. */
export interface Hits {
  readonly pairs: Uint32Array;
  readonly count: number;
}
