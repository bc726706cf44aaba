import { errorsOf } from '../kernel/index.js';

/** Ways a call fails before the service has answered. */
export class ClientError extends errorsOf('ClientError', {
  answer_unreadable: 'unavailable',
  fingerprint_invalid: 'invalid',
  passkey_refused: 'forbidden',
  root_mismatch: 'forbidden',
  unreachable: 'unavailable',
}) {}

/** What the service refused, as it said it (RFC 9457). */
export class ServiceRefusal extends Error {
  override readonly name = 'ServiceRefusal';

  constructor(
    readonly status: number,
    /** Stable; what programs decide on. */
    readonly code: string,
    detail: string,
    readonly requestId: string,
    readonly problem: Readonly<Record<string, unknown>>,
  ) {
    super(detail);
  }
}
