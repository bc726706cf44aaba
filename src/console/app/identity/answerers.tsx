import type { Identity } from '../identities/identities-queries.js';
import { Facts } from '../page/facts.js';
import { Party } from '../people/party.js';
import { TeamName } from '../teams/teams-queries.js';
import { Instant } from '../time/instant.js';
import classes from './answerers.module.css';

/** Who answers for it, and until when somebody else must. */
export function Answerers({ identity }: { readonly identity: Identity }) {
  return (
    <>
      <Facts
        facts={[
          ['Primary', <Party key="primary" id={identity.primaryCustodianId} />],
          ['Backup', <Party key="backup" id={identity.backupCustodianId} />],
          ['Team', <TeamName key="team" id={identity.teamId} />],
        ]}
      />
      {identity.handoverDueAt !== null && (
        <p className={classes.due}>
          Somebody who answered for it has left. Hand it over <Instant at={identity.handoverDueAt} />; then credentials
          shorten, and seven days later none is issued.
        </p>
      )}
    </>
  );
}
