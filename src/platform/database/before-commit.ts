import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tx } from './tx.js';

/** What a request wants done inside its use case's own transaction, right before it commits. */
export const beforeCommit = new AsyncLocalStorage<(tx: Tx) => Promise<void>>();
