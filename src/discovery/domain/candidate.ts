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

/** Anchors whose keywords stand in an object: pairs of the place and the anchor's number. */
export interface Hits {
  readonly pairs: Uint32Array;
  readonly count: number;
}
