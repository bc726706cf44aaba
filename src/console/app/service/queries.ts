import { QueryClient } from '@tanstack/react-query';
import { asProblem } from './problem.js';

const FRESH_MILLISECONDS = 15_000;
const MAX_RETRIES = 2;

/** What was read of the service, and for how long it counts as fresh. Refusals are final; only silence is tried again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MILLISECONDS,
      retry: (failures, thrown) => failures < MAX_RETRIES && [0, 502, 503].includes(asProblem(thrown).status),
    },
    mutations: { retry: false },
  },
});
