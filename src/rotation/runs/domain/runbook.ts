import type { Run } from '../../domain/run.js';

/** What the next human does: one sentence, and the command for it where there is one. */
export interface Runbook {
  readonly words: string;
  readonly command: string | null;
}

type Commands = 'retry' | 'override' | 'cancel' | null;

/**
 * What somebody is to do about what keeps a run.
 *
 * @param failure stable code of what keeps it; null where nothing does
 */
export function runbookFor({
  id,
  failure,
  state,
  step,
}: Pick<Run, 'id' | 'failure' | 'state' | 'step'>): Runbook | null {
  if (failure === null) return null;
  const [words, then] = WORDS[failure] ?? [
    `It fails at ${step} with the code ${failure}: see what is wrong there.`,
    'retry',
  ];
  if (state !== 'stuck' && !ACT_NOW.includes(failure))
    return { words: `${words} It goes on by itself.`, command: null };
  return { words, command: then === null ? null : `muster rotation ${then} ${id}` };
}

/** What no time mends, also while the run still waits. */
const ACT_NOW: readonly string[] = ['no_evidence', 'evidence_incomplete'];

const WORDS: Readonly<Record<string, readonly [string, Commands]>> = {
  access_refused: ['The target does not let Muster in: have its URL given anew, then try again.', 'retry'],
  account_in_use: [
    'Somebody uses the account that should be idle: have them use the other one, then try again.',
    'retry',
  ],
  account_reserved: [
    'The account is the one that Muster itself works as: give Muster another, then try again.',
    'retry',
  ],
  account_unknown: ['The target has no account of that name: make it there, like its pair, then try again.', 'retry'],
  changed_elsewhere: [
    'Somebody else changed the place that it is delivered to: see the sink, then try again.',
    'retry',
  ],
  consumer_not_seen: [
    'Somebody known was not seen on the new one: start them again, or agree with a second person that they are gone for good (muster rotation forget) or are left behind.',
    'override',
  ],
  egress_address_refused: ['The address is not public: an administrator can consent to it, then try again.', 'retry'],
  evidence_incomplete: [
    'The target shows only samples of who uses the old one: do what the evidence’s gaps say, then try again, or agree with a second person.',
    'override',
  ],
  frozen: ['A calendar keeps anything from beginning now.', null],
  internal: ['Something of Muster itself failed: see its log, then try again.', 'retry'],
  new_refused: [
    'The target refuses the one that is to stay, so the other is kept: set it right there and try again, or cancel the run.',
    'retry',
  ],
  no_evidence: [
    'The target cannot show who uses the old one, and that one never ends by itself: agree with a second person when to withdraw it.',
    'override',
  ],
  not_delivered: ['A place does not show what was delivered to it: see the run’s sinks, then try again.', 'retry'],
  not_permitted: [
    'Muster’s role on the target may not do that: see what the target’s check says, then try again.',
    'retry',
  ],
  observing: ['Nobody was seen on the old one, and it is watched for as long as is asked.', null],
  old_still_used: [
    'Somebody still uses the old one: have the callers that are shown take the new one, or agree with a second person.',
    'override',
  ],
  old_still_works: ['The target still takes the old one: withdraw it there by hand, then try again.', 'retry'],
  pair_busy: ['The other half of its pair rotates, and two never do at once.', null],
  place_occupied: [
    'Something that is not Muster’s stands at the place of a sink: move it or take it over, then try again.',
    'retry',
  ],
  target_busy: ['The target is too slow: see how it does, then try again.', 'retry'],
  target_disabled: ['The target is disabled: have an administrator make it active again, then try again.', 'retry'],
  target_failed: ['The target failed: see its log, then try again.', 'retry'],
  target_unreachable: ['The target cannot be reached: see that it runs, then try again.', 'retry'],
  target_untrusted: ['The target does not prove its name: see its certificate, then try again.', 'retry'],
  waiting_for_its_life: ['Nobody can see who uses the old one, so it is kept until it ends by itself.', null],
};
