import { addSeconds, DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../../kernel/index.js';

/** Everything that people are written to about. */
export const LETTER_KINDS = [
  'approval-requested',
  'approval-decided',
  'break-glass-opened',
  'break-glass-ended',
  'break-glass-reviewed',
  'authenticators-reset',
  'recovery-code-used',
  'passkey-copied',
  'hand-over-due',
  'hand-over-in-7-days',
  'hand-over-in-3-days',
  'hand-over-in-1-day',
  'hand-over-today',
] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];

/** What a letter says: no name but the reader's own, no secret, nothing of what is asked. */
export interface LetterText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What one letter says to its reader. */
export interface Words {
  readonly subject: string;
  readonly lines: readonly string[];
  /** Where the reader goes on, once signed in. */
  readonly path: string;
}

type Template = Omit<Words, 'path'> & { readonly path: (about: string) => string };

/** @param about whoever is left to answer, which is the reader */
const waitingFor = (about: string) => `/identities?standing=handover-due&custodianId=${about}&sort=handoverDueAt`;

const TEMPLATES: Readonly<Record<LetterKind, Template>> = {
  'approval-requested': {
    subject: 'Somebody needs your decision',
    lines: [
      'A request waits for somebody like you to approve or deny it. See there exactly what is asked, and until when.',
    ],
    path: (about) => `/approvals/${about}`,
  },
  'approval-decided': {
    subject: 'Your request was decided',
    lines: [
      'Somebody has decided what you asked for. If it was approved, send the same request again: that carries it out.',
    ],
    path: (about) => `/approvals/${about}`,
  },
  'break-glass-opened': {
    subject: 'The glass was broken',
    lines: [
      'Somebody has taken roles in an emergency, which they were not given. Look whether that is right; any administrator can end it.',
    ],
    path: () => '/break-glass',
  },
  'break-glass-ended': {
    subject: 'An emergency is over, and wants a review',
    lines: [
      'Roles that somebody took in an emergency were given back. Somebody else must review within a day what was done.',
    ],
    path: () => '/break-glass',
  },
  'break-glass-reviewed': {
    subject: 'An emergency was reviewed',
    lines: ['What was done in an emergency has been reviewed, and the findings are there to read.'],
    path: () => '/break-glass',
  },
  'authenticators-reset': {
    subject: 'Somebody’s ways to sign in were reset',
    lines: [
      'An administrator has reset the passkeys and codes of somebody, perhaps yours. If nobody asked for that, end their sessions and tell your security people.',
    ],
    path: () => '/people',
  },
  'recovery-code-used': {
    subject: 'Somebody signed in with a recovery code',
    lines: [
      'Somebody, perhaps you, has signed in with a recovery code, as one does who lost their passkey. If it was not them, end their sessions and tell your security people.',
    ],
    path: () => '/people',
  },
  'passkey-copied': {
    subject: 'A passkey may exist twice',
    lines: [
      'A passkey of somebody, perhaps yours, was refused: it showed a counter that it had shown before, as a copy would. Whoever it belongs to should remove it and enrol another, and tell your security people.',
    ],
    path: () => '/people',
  },
  'hand-over-due': {
    subject: 'An identity needs a second custodian',
    lines: [
      'Somebody who answered for an identity with you has left. Name another backup before its time runs out: then it stops.',
    ],
    path: (about) => `/identities/${about}`,
  },
  'hand-over-in-7-days': {
    subject: 'A second custodian is due in 7 days',
    lines: [
      'Somebody who answered for identities with you has left, and within 7 days the time to name another backup runs out. See there for which.',
      'After that their credentials become short-lived, a week later they get none.',
    ],
    path: waitingFor,
  },
  'hand-over-in-3-days': {
    subject: 'A second custodian is due in 3 days',
    lines: [
      'Identities that you answer for have still no second custodian, and within 3 days the time to name one runs out. See there for which.',
    ],
    path: waitingFor,
  },
  'hand-over-in-1-day': {
    subject: 'A second custodian is due tomorrow',
    lines: [
      'Identities that you answer for have still no second custodian, and within a day the time to name one runs out. See there for which.',
    ],
    path: waitingFor,
  },
  'hand-over-today': {
    subject: 'A second custodian is due today',
    lines: [
      'Identities that you answer for have still no second custodian, and today the time to name one runs out. See there for which.',
      'From then on their credentials are short-lived, and a week later they get none.',
    ],
    path: waitingFor,
  },
};

/** What a letter of a kind says, about what. */
export function wordsOf(kind: LetterKind, about: string): Words {
  const { path, ...words } = TEMPLATES[kind];
  return { ...words, path: path(about) };
}

export function isLetterKind(kind: string): kind is LetterKind {
  return LETTER_KINDS.some((known) => known === kind);
}

/**
 * Writes a letter.
 *
 * @param name the reader's own
 * @param origin of this installation; what is behind the link needs a sign-in
 */
export function write({ subject, lines, path }: Words, name: string, origin: string): LetterText {
  const link = `${origin}${path}`;
  const text = [`Hello ${name},`, ...lines, link, 'Muster writes this by itself; nobody reads replies.'].join('\n\n');
  const paragraphs = [`Hello ${name},`, ...lines].map((words) => `<p>${escaped(words)}</p>`).join('');
  const anchor = `<p><a href="${escaped(link)}">${escaped(link)}</a></p>`;
  const foot = '<p style="color:#666">Muster writes this by itself; nobody reads replies.</p>';
  return {
    subject: `Muster: ${subject}`,
    text: `${text}\n`,
    html: `<!doctype html><html lang="en"><body style="font-family:sans-serif">${paragraphs}${anchor}${foot}</body></html>`,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const FIRST_PAUSE_SECONDS = 10;
const LONGEST_PAUSE_SECONDS = HOUR_SECONDS;
/** After that nobody would act on it any more. */
export const GIVE_UP_SECONDS = 3 * DAY_SECONDS;
export const CLAIM_SECONDS = 5 * MINUTE_SECONDS;

/** When a letter is tried again that the server did not take: later each time, an hour at most. */
export function nextTry(attempts: number, at: Date): Date {
  return addSeconds(at, Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** Math.min(attempts - 1, 12)));
}
