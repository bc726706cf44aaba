import { AsyncLocalStorage } from 'node:async_hooks';

/** Which request a line of the log belongs to. For the log alone: nothing is ever decided by it. */
export const requestContext = new AsyncLocalStorage<{ readonly requestId: string }>();
