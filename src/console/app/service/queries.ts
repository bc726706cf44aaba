import { QueryClient } from '@tanstack/react-query';
import { asProblem } from './problem.js';

const FRESH_MILLISECONDS = 15_000;
const MAX_RETRIES = 2;

/** Whether to ask again: refusals are final, and what took too long would take as long again. Silence may have passed. */
function mayPass(thrown: unknown): boolean {
  const { status, code } = asProblem(thrown);
  return [0, 502, 503].includes(status) && code !== 'took_too_long';
}

/** What was read of the service, and for how long it counts as fresh. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MILLISECONDS,
      retry: (failures, thrown) => failures < MAX_RETRIES && mayPass(thrown),
    },
    mutations: { retry: false },
  },
});
