import type { Problem } from './problem.js';

type Listener = (problem: Problem) => void;

/** What the service says when there is no session, or none any more. */
const CODES = new Set(['credential_required', 'credential_invalid']);

/** Where a request says that the session has ended, and the frame around all pages hears it. */
class SessionEnd {
  private listener: Listener | undefined;

  onEnd(listener: Listener): void {
    this.listener = listener;
  }

  tell(problem: Problem): void {
    if (CODES.has(problem.code)) this.listener?.(problem);
  }
}

export const sessionEnd = new SessionEnd();
