/**
 * How a refusal is meant, free of any protocol. One filter (`platform/http`) turns it into a status code.
 */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'step-up-required'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'precondition-failed'
  | 'too-large'
  | 'unsupported-media'
  | 'rate-limited'
  | 'unavailable';

export interface ErrorOptionsWithDetails {
  /** Shown to the caller beside the message; never a secret, never personal data. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Logged, never returned. */
  readonly cause?: unknown;
}

/**
 * A refusal. `code` is public and stable; `message` says what to do next and is public too; `cause` is only logged.
 */
export abstract class MusterError extends Error {
  abstract readonly kind: ErrorKind;
  abstract readonly code: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  protected constructor(message: string, options: ErrorOptionsWithDetails = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.details = options.details;
  }
}

/**
 * Makes the one error class of a module from its closed set of codes.
 *
 * @example
 * export class CustodyError extends errorsOf('CustodyError', { person_not_found: 'not-found' }) {}
 * throw new CustodyError('person_not_found', 'Nobody here has that id.');
 */
export function errorsOf<const Kinds extends Readonly<Record<string, ErrorKind>>>(name: string, kinds: Kinds) {
  return class extends MusterError {
    static readonly kinds: Kinds = kinds;
    override readonly name = name;
    override readonly kind: ErrorKind;

    constructor(
      override readonly code: keyof Kinds & string,
      message: string,
      options?: ErrorOptionsWithDetails,
    ) {
      super(message, options);
      this.kind = kinds[code]!;
    }
  };
}
