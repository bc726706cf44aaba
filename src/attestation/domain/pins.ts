import type { Json } from '../../kernel/index.js';
import { AttestationError } from './errors.js';
import type { JsonObject } from './strict-json.js';
import type { Verifier } from './verifiers/verifier.js';

/** Claims that must have exactly one value, by name; ids as decimal text (decision 10). */
export type Pins = Readonly<Record<string, string>>;

const MAX_PINS = 10;
const NAME = /^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$/;
/** Claims that are checked by themselves and mean nothing as a pin, or change with every token. */
const NO_PIN = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'];

/**
 * Checks a trust's pins against what its kind of provider must and may pin.
 *
 * @throws AttestationError `pin_missing`, `pin_invalid`
 */
export function checkPins(pins: Pins, verifier: Verifier): void {
  const missing = verifier.requiredPins.filter((name) => !Object.hasOwn(pins, name));
  if (missing.length > 0)
    throw new AttestationError(
      'pin_missing',
      `Pin ${missing.join(' and ')} too: names can be renamed and taken by someone else, these ids cannot.`,
    );
  for (const [name, value] of Object.entries(pins)) {
    if (!mayPin(name, verifier))
      throw new AttestationError(
        'pin_invalid',
        `Take ${name.slice(0, 40)} out of the pins; a condition can ask for it.`,
      );
    if (!verifier.pinForm.test(value))
      throw new AttestationError('pin_invalid', `The pin ${name} needs the provider's own id, as its tokens carry it.`);
  }
  if (Object.keys(pins).length > MAX_PINS) throw new AttestationError('pin_invalid', 'Give at most ten pins.');
}

function mayPin(name: string, verifier: Verifier): boolean {
  if (verifier.requiredPins.includes(name)) return true;
  if (verifier.optionalPins !== 'any') return verifier.optionalPins.includes(name);
  return NAME.test(name) && !NO_PIN.includes(name);
}

/** Whether the token carries every pinned value. A number counts as its decimal text while it is exact. */
export function pinsHold(pins: Pins, claims: JsonObject, verifier: Verifier): boolean {
  return Object.entries(pins).every(([name, value]) => textOf(verifier.readPin(claims, name)) === value);
}

function textOf(claim: Json | undefined): string | undefined {
  if (typeof claim === 'string') return claim;
  return typeof claim === 'number' && Number.isSafeInteger(claim) ? String(claim) : undefined;
}
