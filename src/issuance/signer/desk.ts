import type { ZodType } from 'zod';
import type { SignerReply } from '../../platform/index.js';
import { Refusal } from './refusal.js';

type Method = (params: unknown) => Promise<unknown>;

/**
 * Where the service's requests arrive. The service may be compromised: every parameter is checked against its schema,
 * and every reply is a result or a refusal, never a stack or a cause.
 */
export class Desk {
  private readonly methods = new Map<string, Method>();

  /** @param complain receives the cause of a fault, for the signer's own log */
  constructor(private readonly complain: (method: string, cause: unknown) => void) {}

  on<Params>(name: string, schema: ZodType<Params>, run: (params: Params) => unknown): void {
    this.methods.set(name, async (params) => {
      const parsed = schema.safeParse(params);
      if (!parsed.success) throw new Refusal('signer_request_invalid', `The signer refused the form of ${name}.`);
      return run(parsed.data);
    });
  }

  /** Answers one message; undefined when it is not even a request. */
  async answer(message: unknown): Promise<SignerReply | undefined> {
    const { id, method, params } = (message ?? {}) as { id?: unknown; method?: unknown; params?: unknown };
    if (typeof id !== 'number' || typeof method !== 'string') return undefined;
    const run = this.methods.get(method);
    try {
      if (!run) throw new Refusal('signer_request_invalid', 'The signer knows no such method.');
      return { id, result: await run(params) };
    } catch (cause) {
      if (cause instanceof Refusal) return { id, error: { code: cause.code, message: cause.message } };
      this.complain(method, cause);
      return { id, error: { code: 'signer_failed', message: 'The signer failed; its log says why. Try again.' } };
    }
  }
}
