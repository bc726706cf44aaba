import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { needsConsent, type Registration } from './registration.js';
import classes from './consequences.module.css';

/** What will follow from what is filled in, said before it is sent. */
export function Consequences({ registration }: { readonly registration: Registration }) {
  const { primaryCustodianId, backupCustodianId } = registration;
  const hasBoth = primaryCustodianId !== null && backupCustodianId !== null;
  const waits = needsConsent(registration);
  return (
    <section aria-label="What follows" className={classes.consequences}>
      <h2>What follows</h2>
      <ul>
        <Consequence isMet={hasBoth}>
          {hasBoth ? 'Two people answer for it.' : 'It waits until two people answer for it.'}
        </Consequence>
        <Consequence isMet={!waits}>
          {waits
            ? 'Somebody else must approve it, as it is privileged or enters orders.'
            : 'Nobody else need approve it.'}
        </Consequence>
        <Consequence isMet={hasBoth && !waits}>
          {hasBoth && !waits ? 'It works at once.' : 'Then it is activated, and may get credentials.'}
        </Consequence>
      </ul>
    </section>
  );
}

function Consequence({ isMet, children }: { readonly isMet: boolean; readonly children: string }) {
  const Icon = isMet ? IconCircleCheck : IconCircleDashed;
  return (
    <li data-met={isMet}>
      <Icon size={16} aria-hidden /> <span>{children}</span>
    </li>
  );
}
