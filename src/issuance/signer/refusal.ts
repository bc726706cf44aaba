import type { SignerErrorCode } from '../../platform/index.js';

/** The signer says no, with the code and words that its caller is told. Any other error reaches nobody but its log. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: SignerErrorCode,
    message: string,
  ) {
    super(message);
  }
}
