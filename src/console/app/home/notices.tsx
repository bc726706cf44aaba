import { IconAlertTriangle, IconBulb } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ButtonLink } from '../page/button-link.js';
import { Party } from '../people/party.js';
import type { Me } from '../session/me.js';
import { Instant } from '../time/instant.js';
import classes from './notices.module.css';

type Notice = Me['notices'][number];
type Reminder = Me['reminders'][number];

/** What this person must hear about, and is better off doing, before anything else. */
export function Notices({ me }: { readonly me: Me }) {
  if (me.notices.length === 0 && me.reminders.length === 0) return null;
  return (
    <ul className={classes.notices} aria-label="Before anything else">
      {me.notices.map((notice) => (
        <li key={`${notice.kind}${notice.personId}${notice.at}`} className={classes.notice} data-tone="warn">
          <IconAlertTriangle size={18} aria-hidden />
          <p>
            <Words notice={notice} /> If nobody told you why, ask at once.
          </p>
        </li>
      ))}
      {me.reminders.map((reminder) => (
        <li key={reminder} className={classes.notice} data-tone="info">
          <IconBulb size={18} aria-hidden />
          <p>{REMINDERS[reminder].words}</p>
          {REMINDERS[reminder].deed}
        </li>
      ))}
    </ul>
  );
}

function Words({ notice: { kind, personId, at, by, spentAt } }: { readonly notice: Notice }) {
  const who = <Party id={personId} />;
  const when = <Instant at={at} />;
  switch (kind) {
    case 'sign-in-printed':
      return (
        <>
          A sign-in for {who} was printed at the machine {when}
          {spentAt === null ? ', and is not used yet.' : ', and was used.'}
        </>
      );
    case 'authenticators-reset':
      return (
        <>
          The authenticators of {who} were ended {when} by <Party id={by} />.
        </>
      );
    case 'recovery-code-used':
      return (
        <>
          {who} came in {when} with a recovery code.
        </>
      );
    case 'passkey-copied':
      return (
        <>
          A passkey of {who} was refused {when}: it may exist twice. Have them remove it and enrol another.
        </>
      );
  }
}

const toMe = (words: string): ReactNode => (
  <ButtonLink to="/me" size="xs" variant="default">
    {words}
  </ButtonLink>
);

const REMINDERS: Readonly<Record<Reminder, { readonly words: string; readonly deed: ReactNode }>> = {
  enrol_authenticator: {
    words: 'You have no passkey yet: you could not come in again, nor confirm anything grave.',
    deed: toMe('Add a passkey'),
  },
  print_recovery_codes: {
    words: 'You have few recovery codes or none: print new ones for the day you lose your device.',
    deed: toMe('Make recovery codes'),
  },
  second_administrator: {
    words: 'You are the only administrator: nobody could let you in again. Invite a second one.',
    deed: (
      <ButtonLink to="/people" size="xs" variant="default">
        Invite somebody
      </ButtonLink>
    ),
  },
};
