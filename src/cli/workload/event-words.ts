import type { ConsumerEvent } from '../../consumer/index.js';

/** A sentence for whoever reads the standard error of what runs long; undefined for what goes as it should. */
export function wordsOf(event: ConsumerEvent): string | undefined {
  if (event.kind === 'acknowledged') return `Version ${event.version} is in use, and the service knows.`;
  if (event.kind === 'renewed')
    return event.what === 'secret' && event.changed ? `Version ${event.name} of the secret has come.` : undefined;
  const retry = event.retryMilliseconds === null ? '' : ` Again in ${Math.ceil(event.retryMilliseconds / 1000)} s.`;
  return `${event.what}: ${event.message} (${event.code}).${retry}`;
}
