import type { components } from '../client/index.js';
import type { Output } from './output.js';

type Source = components['schemas']['Source'];

/** What it is worth that nothing was found there. */
export function healthWords({ health, failure, failedAt, lastGoodAt }: Source): string {
  switch (health) {
    case 'unread':
      return 'nobody has looked there yet, so that nothing is known of it says nothing';
    case 'failing':
      return `it could not be looked at (${failure}, ${failedAt}); what was known before stays, and what came since is not known`;
    case 'stale':
      return `it was last looked at ${lastGoodAt}; what came since is not known`;
    case 'partial':
      return 'the last look could not read all of it; what is known there stays, and what came since is not known';
    case 'good':
      return 'good';
  }
}

/** That nothing was found is worth nothing where nobody could look. */
export function sayUnreliable(output: Output, sources: readonly Source[]): void {
  if (sources.length === 0)
    return output.mark('bad', '! Nothing is looked at, so this says nothing. Begin with: muster source add --help');
  const unreliable = sources.filter(({ health }) => health !== 'good');
  if (unreliable.length > 0) output.say('');
  for (const source of unreliable) output.mark('bad', `! ${source.name}: ${healthWords(source)}`);
}
