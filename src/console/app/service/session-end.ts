import type { Problem } from './problem.js';

type Listener = (problem: Problem) => void;

/** Requests that are refused with 401 although nobody is signed in yet, or ever was. */
const BEFORE_SIGN_IN = /^\/v1\/(sign-in|setup)(\/|$)/;

/** Where a request says that the session has ended, and the frame around all pages hears it. */
class SessionEnd {
  private listener: Listener | undefined;

  onEnd(listener: Listener): void {
    this.listener = listener;
  }

  tell(problem: Problem, path: string): void {
    if (!BEFORE_SIGN_IN.test(path)) this.listener?.(problem);
  }
}

export const sessionEnd = new SessionEnd();
