import type { Figures } from './figures.js';

export const FAULT_CODES = [
  'population_differs',
  'items_undecided',
  'decisions_unsubmitted',
  'effects_missing',
  'effects_unverified',
  'effects_failed',
  'effects_unattested',
  'exceptions_missing',
  'exceptions_lapsed',
  'samples_open',
  'disagreements_open',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** One reason why a campaign does not tie out, for people. */
export interface Fault {
  readonly code: FaultCode;
  readonly words: string;
  readonly count: number;
}

/** A few of the identities that a fault is about. */
export type Examples = Readonly<Partial<Record<FaultCode, readonly string[]>>>;

interface Rule {
  readonly code: FaultCode;
  readonly count: (figures: Figures) => number;
  /** Of one, and of several. */
  readonly what: readonly [one: string, several: string];
  readonly advice: string;
}

const RULES: readonly Rule[] = [
  {
    code: 'population_differs',
    count: ({ population, items }) => Math.abs(population - sum(items)),
    what: [
      'identity of the frozen population is not accounted for',
      'identities of the frozen population are not accounted for',
    ],
    advice: 'Its rows were changed past the service: ask whoever runs the database.',
  },
  {
    code: 'items_undecided',
    count: ({ items }) => items.open,
    what: ['identity is neither decided nor excepted', 'identities are neither decided nor excepted'],
    advice: 'Their reviewers decide, or except them with an owner and an end.',
  },
  {
    code: 'decisions_unsubmitted',
    count: ({ items }) => items.staged,
    what: ['decision is noted and not submitted', 'decisions are noted and not submitted'],
    advice: 'Whoever noted them submits them with a passkey.',
  },
  {
    code: 'effects_missing',
    count: ({ effects }) => effects.missing,
    what: [
      'revoke or reduce asks for something that nobody has planned',
      'revokes or reduces ask for something that nobody has planned',
    ],
    advice: 'Ask your operator to look at the log of the service.',
  },
  {
    code: 'effects_unverified',
    count: ({ effects }) => effects.unverified,
    what: ['effect is not verified on its target', 'effects are not verified on their targets'],
    advice: 'Wait for the next look at them, or except them with an owner and an end.',
  },
  {
    code: 'effects_failed',
    count: ({ effects }) => effects.failed,
    what: ['effect failed', 'effects failed'],
    advice: 'Try them again once the target can be reached, or except them with an owner and an end.',
  },
  {
    code: 'effects_unattested',
    count: ({ effects }) => effects.unattested,
    what: ['effect waits for its owner to attest it', 'effects wait for their owners to attest them'],
    advice: 'No adapter can look at these systems: their owners attest with evidence.',
  },
  {
    code: 'exceptions_missing',
    count: ({ items, exceptions }) => Math.abs(items.excepted - exceptions.items),
    what: ['excepted identity has no exception in force', 'excepted identities have no exception in force'],
    advice: 'Except them anew with an owner and an end, or decide about them.',
  },
  {
    code: 'exceptions_lapsed',
    count: ({ exceptions }) => exceptions.lapsed,
    what: ['exception has passed its end', 'exceptions have passed their end'],
    advice: 'End them and decide, or except anew.',
  },
  {
    code: 'samples_open',
    count: ({ samples }) => samples.open,
    what: ['keep waits for its second look', 'keeps wait for their second look'],
    advice: 'The second reviewers say whether they agree.',
  },
  {
    code: 'disagreements_open',
    count: ({ samples }) => samples.unresolved,
    what: ['keep was disagreed with and is not resolved', 'keeps were disagreed with and are not resolved'],
    advice: 'The owner of the review revokes or reduces them, or excepts them with an owner and an end.',
  },
];

/**
 * Why a campaign does not tie out; empty where it does (REV-3).
 *
 * It does where the population is kept, reduced, revoked or excepted to the last item, everything that a decision asked
 * for is verified on its target, attested or excepted, and every second look is done and resolved.
 *
 * @param examples names of some identities behind a fault, shown with it
 */
export function faultsOf(figures: Figures, examples: Examples = {}): Fault[] {
  return RULES.map((rule) => ({ rule, count: rule.count(figures) }))
    .filter(({ count }) => count > 0)
    .map(({ rule, count }) => ({ code: rule.code, words: wordsOf(rule, count, examples[rule.code] ?? []), count }));
}

function wordsOf({ what, advice }: Rule, count: number, names: readonly string[]): string {
  const [one, several] = what;
  const more = count > names.length && names.length > 0 ? ` and ${count - names.length} more` : '';
  const which = names.length > 0 ? `: ${names.join(', ')}${more}` : '';
  return `${count} ${count === 1 ? one : several}${which}. ${advice}`;
}

function sum(counts: object): number {
  return Object.values(counts as Readonly<Record<string, number>>).reduce((one, other) => one + other, 0);
}
