import type { Json } from '../../../kernel/index.js';
import type { JsonObject } from '../strict-json.js';

/** What one kind of provider has of its own: which of its claims never change hands, and how its subjects are built. */
export interface Verifier {
  /** Pins that every trust of this kind must have: numeric ids that a renamed or recreated name does not inherit. */
  readonly requiredPins: readonly string[];
  /** Further pins a trust may have; `any` where the kind is not known well enough to list them. */
  readonly optionalPins: readonly string[] | 'any';
  /** What a value of a pin looks like. */
  readonly pinForm: RegExp;
  /** The least that must stand before a pattern's `*`, so that it names one project and not a whole forge. */
  readonly leastPrefix: RegExp;
  /** An example of such a prefix, for the message that refuses a wider one. */
  readonly prefixExample: string;
  /** The value of a pin in a token's claims. */
  readonly readPin: (claims: JsonObject, pin: string) => Json | undefined;
}

export const NUMERIC_ID = /^(0|[1-9]\d{0,19})$/;

/** A claim at the top of a token; never something a prototype lends. */
export function topClaim(claims: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}
