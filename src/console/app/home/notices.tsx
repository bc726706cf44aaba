import { IconAlertTriangle } from '@tabler/icons-react';
import { Party } from '../people/party.js';
import type { Me } from '../session/me.js';
import { Instant } from '../time/instant.js';
import classes from './notices.module.css';

/** What this person must hear about before anything else. */
export function Notices({ me }: { readonly me: Me }) {
  return me.notices.map((notice) => (
    <div key={`${notice.kind}${notice.printedAt}`} className={classes.notice} role="note">
      <IconAlertTriangle size={18} aria-hidden />
      <p>
        A sign-in for <Party id={notice.personId} /> was printed at the machine <Instant at={notice.printedAt} />
        {notice.spentAt === null ? ', and not used.' : ', and used.'} If nobody told you why, ask who has access to it.
      </p>
    </div>
  ));
}
