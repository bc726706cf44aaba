import type { components } from '../client/index.js';
import type { Output } from './output.js';

type Item = components['schemas']['ReviewItem'];

/** What is reviewed and all that is known of it, on one screen. */
export function showReviewItem(output: Output, item: Item): void {
  const { evidence } = item;
  const { identity } = evidence;
  output.mark('strong', `${identity.name} (${identity.environment})`);
  output.facts([
    ['item', `${item.id}, due ${item.dueAt}`],
    ['identity', identity.id],
    ['purpose', identity.purpose],
    ['kind', `${identity.kind}, ${identity.criticality}${identity.privileged ? ', privileged' : ''}`],
    ['data', identity.dataClasses.join(', ')],
    ['status', identity.status],
    ['asked for by', `${identity.requestedBy}, ${identity.createdAt}`],
    ['last used', evidence.lastUsedAt ?? 'never'],
    ['credentials', evidence.credentialCount],
    ['not known', evidence.gaps.join(', ')],
  ]);
  output.say();
  output.table(
    evidence.grants,
    [
      { title: 'GRANT', value: ({ id }) => id },
      { title: 'TARGET', value: ({ target }) => target },
      { title: 'SCOPE', value: ({ scope }) => scope },
      { title: 'LAST USED', value: ({ lastUsedAt }) => lastUsedAt ?? 'never' },
      { title: 'RIGHT-SIZED', value: ({ keep }) => (keep ? 'keep' : 'take away') },
    ],
    'It holds no grants.',
  );
  sayChanges(output, item);
  const decided = item.decision;
  output.say();
  if (decided)
    output.say(`Decided: ${decided.decision}${decided.reason === null ? '' : `, because ${decided.reason}`}`);
  else if (!item.canDecide) output.say('It is not yours to decide.');
  else sayChoices(output, item);
}

function sayChanges(output: Output, { since }: Item): void {
  output.say();
  if (since === null) return output.say('It was never reviewed before.');
  if (since.length === 0) return output.say('Nothing has changed since the last review.');
  output.say('Since the last review:');
  for (const { what, before, after } of since) output.say(`  ${what}: ${before ?? 'none'} → ${after ?? 'none'}`);
}

function sayChoices(output: Output, { id, wouldDo }: Item): void {
  for (const [decision, words] of Object.entries(wouldDo)) {
    output.say(`  muster review decide ${id} ${decision}`);
    for (const line of words) output.mark('dim', `    ${line}`);
  }
}
