import type { ChildProcess } from 'node:child_process';
import { SignerError, type SignerErrorCode } from './errors.js';
import type { SignerReply, SignerRequest } from './messages.js';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Requests and replies over the IPC channel of one child: it lives as long as that child, and fails with it. */
export class SignerChannel {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(private readonly child: ChildProcess) {
    child.on('message', (message) => this.settle(message as SignerReply));
    child.once('exit', () => this.fail());
    child.once('disconnect', () => this.fail());
  }

  /** @throws SignerError with the code the signer refused with, `signer_timeout` or `signer_unavailable` */
  request(method: string, params: unknown, timeoutMs: number): Promise<unknown> {
    const id = (this.lastId += 1);
    return new Promise((resolve, reject) => {
      if (!this.child.connected) return reject(unavailable());
      const timer = setTimeout(() => this.reject(id, timedOut(method)), timeoutMs);
      this.waiting.set(id, { resolve, reject, timer });
      const request: SignerRequest = { id, method, params };
      this.child.send(request, (error) => error && this.reject(id, unavailable(error)));
    });
  }

  private settle(reply: SignerReply): void {
    const waiting = this.take(reply.id);
    if (!waiting) return; // too late: its time was up
    if ('error' in reply) waiting.reject(refusal(reply.error));
    else waiting.resolve(reply.result);
  }

  private reject(id: number, error: Error): void {
    this.take(id)?.reject(error);
  }

  private fail(): void {
    for (const id of [...this.waiting.keys()]) this.reject(id, unavailable());
  }

  private take(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}

function refusal({ code, message }: { readonly code: string; readonly message: string }): SignerError {
  const known = Object.hasOwn(SignerError.kinds, code) ? (code as SignerErrorCode) : 'signer_failed';
  return new SignerError(known, message, known === code ? {} : { cause: `unknown signer code ${code}` });
}

function unavailable(cause?: unknown): SignerError {
  return new SignerError('signer_unavailable', 'The signer is being restarted. Try again in a moment.', { cause });
}

function timedOut(method: string): SignerError {
  return new SignerError('signer_timeout', 'The signer took too long. Try again in a moment.', { cause: method });
}
