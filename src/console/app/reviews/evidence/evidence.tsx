import { IconAlertTriangle, IconKey } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Identity } from '../../identities/identities-queries.js';
import { CriticalityPill, kindName } from '../../identities/identity-words.js';
import { Facts } from '../../page/facts.js';
import { Pill } from '../../page/pill.js';
import { Party } from '../../people/party.js';
import { TeamName } from '../../teams/teams-queries.js';
import { Instant } from '../../time/instant.js';
import { onDay } from '../../time/spoken.js';
import { deed, plain, sentence } from '../../words/deeds.js';
import type { Evidence, ReviewItem } from '../reviews-queries.js';
import { gapWords } from '../review-words.js';
import { GrantsTable } from './grants-table.js';
import { Since } from './since.js';
import classes from './evidence.module.css';

/** Everything that is known of an identity, as it was when the campaign was frozen. */
export function EvidenceOf({ item, heading }: { readonly item: ReviewItem; readonly heading: ReactNode }) {
  const { evidence } = item;
  const { identity } = evidence;
  return (
    <article className={classes.evidence}>
      <header className={classes.head}>
        {heading}
        <div className={classes.pills}>
          {identity.privileged && (
            <Pill tone="bad">
              <IconKey size={12} aria-hidden /> Privileged
            </Pill>
          )}
          <CriticalityPill criticality={identity.criticality as Identity['criticality']} />
          {identity.status !== 'active' && <Pill tone="warn">{sentence(identity.status)}</Pill>}
          <span>
            {kindName(identity.kind as Identity['kind'])} in {identity.environment}
          </span>
          {identity.dataClasses.length > 0 && <span>touches {identity.dataClasses.map(plain).join(', ')}</span>}
        </div>
        <p className={classes.purpose}>{identity.purpose}</p>
      </header>
      {evidence.gaps.length > 0 && (
        <ul className={classes.gaps} aria-label="What is stale or missing">
          {evidence.gaps.map((gap) => (
            <li key={gap}>
              <IconAlertTriangle size={16} aria-hidden />
              {gapWords(gap)}
            </li>
          ))}
        </ul>
      )}
      <Since item={item} />
      <section className={classes.part}>
        <h3>What it may do</h3>
        <GrantsTable grants={evidence.grants} canReduce={item.canDecide} />
      </section>
      <section className={classes.part}>
        <h3>What it holds</h3>
        <Credentials evidence={evidence} />
      </section>
      <section className={classes.part}>
        <h3>Where it comes from</h3>
        <Facts
          facts={[
            ['Asked for by', <Party key="by" id={identity.requestedBy} />],
            ['Registered', onDay(identity.createdAt)],
            ['Approved', <Approvals key="approvals" evidence={evidence} />],
            ['Team', <TeamName key="team" id={identity.teamId} />],
            [
              'Answers',
              <span key="answers">
                <Party id={identity.primaryCustodianId} />, then <Party id={identity.backupCustodianId} />
              </span>,
            ],
            identity.handoverDueAt !== null && ['Hand-over due', <Instant key="due" at={identity.handoverDueAt} />],
            identity.supportExpiresAt !== null && ['Support ends', onDay(identity.supportExpiresAt)],
            [
              'Today',
              <Link key="today" to="/identities/$id" params={{ id: identity.id }}>
                The identity as it is now
              </Link>,
            ],
          ]}
        />
      </section>
    </article>
  );
}

function Approvals({ evidence: { approvals } }: { readonly evidence: Evidence }) {
  if (approvals.length === 0) return <>Nobody had to</>;
  return (
    <ul className={classes.plain}>
      {approvals.map(({ id, action, decidedBy, decidedAt }) => (
        <li key={id}>
          <Link to="/approvals/$id" params={{ id }}>
            {deed(action)}
          </Link>{' '}
          by <Party id={decidedBy} />
          {decidedAt !== null && `, ${onDay(decidedAt)}`}
        </li>
      ))}
    </ul>
  );
}

function Credentials({ evidence: { credentials, credentialCount, lastUsedAt } }: { readonly evidence: Evidence }) {
  if (credentialCount === 0)
    return (
      <p className={classes.quiet}>
        No credential was valid. Last use: {lastUsedAt === null ? 'never seen' : <Instant key="used" at={lastUsedAt} />}
        .
      </p>
    );
  return (
    <>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Credential</th>
            <th scope="col">Issued</th>
            <th scope="col">Expires</th>
            <th scope="col">Last used</th>
          </tr>
        </thead>
        <tbody>
          {credentials.map(({ id, kind, notBefore, expiresAt, lastUsedAt: used }) => (
            <tr key={id}>
              <td>{sentence(plain(kind))}</td>
              <td>
                <Instant at={notBefore} />
              </td>
              <td>{expiresAt === null ? <span className={classes.unused}>Never</span> : <Instant at={expiresAt} />}</td>
              <td>{used === null ? <span className={classes.unused}>Not seen</span> : <Instant at={used} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {credentialCount > credentials.length && (
        <p className={classes.quiet}>
          And {(credentialCount - credentials.length).toLocaleString('en')} older ones that were valid too.
        </p>
      )}
    </>
  );
}
