import type { Words } from '../../../approvals/index.js';
import type { Id } from '../../../kernel/index.js';
import type { Waiting } from '../reminders.repository.js';
import type { Reminder } from './reminder.js';

/** What letters about reviews say: how many wait, until when, and what comes then; nothing of what is reviewed. */

/** @returns undefined where nothing waits for the reader */
export function reminding({ urgency }: Reminder, waiting: Waiting, dueAt: Date): Words | undefined {
  const { asReviewer, asBackup, asManager, asOwner, secondLooks } = within(urgency, waiting);
  const lines = [
    ...(asReviewer > 0 ? [`${identities(asReviewer)} ${asReviewer === 1 ? 'waits' : 'wait'} for your decision.`] : []),
    ...(asBackup > 0
      ? [`${identities(asBackup)} that you are backup custodian of: nobody has decided in time, so you may.`]
      : []),
    ...(asManager > 0
      ? [`${identities(asManager)} that people whom you manage should have decided about: you may too.`]
      : []),
    ...(asOwner > 0
      ? [
          `${identities(asOwner)} in a review that you run, which nobody may decide about: find somebody, or except them.`,
        ]
      : []),
  ];
  const looks = secondLooks > 0 ? [lookingAgain(secondLooks)] : [];
  if (lines.length === 0 && looks.length === 0) return undefined;
  if (lines.length === 0) return { subject: 'Your second look is asked', lines: looks, path: '/reviews?tab=looks' };
  return { subject: SUBJECTS[urgency], lines: [...lines, consequences(urgency, dueAt), ...looks], path: '/reviews' };
}

function lookingAgain(count: number): string {
  const some = count === 1 ? 'One decision of others waits' : `${count} decisions of others wait`;
  return `${some} for you to say whether you see it as they do.`;
}

export function given({ asReviewer }: Waiting, dueAt: Date): Words | undefined {
  if (asReviewer === 0) return undefined;
  return {
    subject: 'Somebody handed you a review',
    lines: [
      `Somebody has asked you to decide in their place. ${identities(asReviewer)} ${asReviewer === 1 ? 'waits' : 'wait'} for your decision now.`,
      `It is due on ${dayOf(dueAt)}.`,
    ],
    path: '/reviews',
  };
}

export function attesting(count: number): Words | undefined {
  if (count === 0) return undefined;
  return {
    subject: 'Your word is asked that access is gone',
    lines: [
      `A review took access away where Muster cannot look. ${count === 1 ? 'One thing waits' : `${count} things wait`} for you to see to it and to attest it, with evidence.`,
    ],
    path: '/reviews?tab=attestations',
  };
}

export function acknowledging(campaignId: Id<'campaign'>): Words {
  return {
    subject: 'A review waits for your acknowledgement',
    lines: [
      'Everybody has decided, and it ties out. Look at the figures and acknowledge them, so that it can be closed.',
    ],
    path: `/campaigns/${campaignId}`,
  };
}

export function notStarting(): Words {
  return {
    subject: 'A review that is due could not start',
    lines: [
      'Its risk analysis has expired or does not support it, or somebody it names has left. Put that right: it starts by itself then.',
    ],
    path: '/reviews/schedules',
  };
}

/** @param days how many are left, at most; none when it has lapsed */
export function lapsing(days: 30 | 7 | 1 | 0): Words {
  const path = '/reviews/risk-analyses';
  if (days === 0)
    return {
      subject: 'A risk analysis has expired',
      lines: [
        'No review starts by it any more. Identities under its schedules get short-lived credentials now, and none in seven days.',
        'Have a new one approved that replaces it.',
      ],
      path,
    };
  return {
    subject: days === 1 ? 'A risk analysis expires tomorrow' : `A risk analysis expires in ${days} days`,
    lines: [
      `It says why reviews happen as often as they do, and within ${days === 1 ? 'a day' : `${days} days`} it counts no more. Have a new one approved that replaces it.`,
    ],
    path,
  };
}

const SUBJECTS: Readonly<Record<Reminder['urgency'], string>> = {
  waits: 'A review waits for you',
  'in-3-days': 'A review is due in 3 days',
  'in-1-day': 'A review is due tomorrow',
  due: 'A review is due today',
  late: 'A review is overdue',
};

/** Those of others are theirs only once it is late. */
function within(urgency: Reminder['urgency'], waiting: Waiting): Waiting {
  return urgency === 'late' ? waiting : { ...waiting, asBackup: 0, asManager: 0 };
}

function consequences(urgency: Reminder['urgency'], dueAt: Date): string {
  const since = dayOf(dueAt);
  if (urgency === 'late' || urgency === 'due')
    return `It was due on ${since}: their credentials are short-lived now, and seven days after that day they get none.`;
  return `It is due on ${since}; after that their credentials become short-lived, and a week later they get none.`;
}

function identities(count: number): string {
  return count === 1 ? 'One identity' : `${count} identities`;
}

/** A day as people write it, in UTC. */
function dayOf(at: Date): string {
  const months = 'January February March April May June July August September October November December'.split(' ');
  return `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
}
