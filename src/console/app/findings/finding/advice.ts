import type { Finding } from '../findings-queries.js';

/** What is said to whoever opens it. */
export interface Said {
  readonly words: string;
  /** Whether to end it is one of the ways, so that it is told how. */
  readonly retires: boolean;
}

type Advised = Pick<Finding, 'kind' | 'verdict' | 'exposedCount' | 'named'>;

/** Pure: what to do about something that waits, by what it is and where it lies. */
export function adviceOf({ kind, verdict, exposedCount, named }: Advised, identityName: string | null): Said {
  const whose = identityName ?? 'a registered identity';
  const leaked = exposedCount > 0;
  switch (verdict) {
    case 'misplaced':
      return {
        words: leaked
          ? `Retire it: whoever can read ${placesOf(exposedCount)} has it, and removing it there alone is not enough. ${whose} gets a new one.`
          : `Retire it: it should have ended. ${whose} needs it no more.`,
        retires: true,
      };
    case 'shadow-credential':
      return {
        words: leaked
          ? `Retire it: it opens what ${whose} opens, and can be read in ${placesOf(exposedCount)}. If ${whose} still needs it, rotate first.`
          : `Ask who answers for ${whose}. If it is meant to be, adopt it; if nobody needs it, retire it.`,
        retires: true,
      };
    case 'shadow-identity':
      return {
        words:
          kind === 'account'
            ? 'Ask who uses it. If somebody needs it, adopt it: an identity is registered, and somebody answers for it. If nobody does, retire it.'
            : `Ask who uses ${named ?? 'what it opens'}. If somebody needs it, adopt it: an identity is registered${leaked ? ', and this credential rotated, as it can be read where no secret belongs' : ''}. If nobody does, retire it.`,
        retires: true,
      };
    case 'unattributed':
      return {
        words:
          'It says nothing of whose it is: ask who wrote it, or answers for what lies beside it. Then adopt it, retire it, or dismiss it with a reason.',
        retires: true,
      };
    case 'ghost':
      return {
        words: `Its system has no such name any more. Take the name away from ${whose}, or retire the identity if that was all it had; dismiss it if it comes back.`,
        retires: false,
      };
    default:
      return { words: 'Nothing needs to be done.', retires: false };
  }
}

function placesOf(count: number): string {
  return count === 1
    ? 'a place where no secret belongs'
    : `${count.toLocaleString('en')} places where no secret belongs`;
}
