import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { identityQuery } from '../../identity/identity-queries.js';
import { Copyable } from '../../page/copyable.js';
import { Facts } from '../../page/facts.js';
import { Page } from '../../page/page.js';
import { Section } from '../../page/section.js';
import { Party } from '../../people/party.js';
import { Instant } from '../../time/instant.js';
import { runQuery } from '../rotation-queries.js';
import { CAUSES, RunPill, versionsOf } from '../rotation-words.js';
import { Consents } from './consents.js';
import { Consumers } from './consumers.js';
import { Evidence } from './evidence.js';
import { RunDeeds } from './run-deeds.js';
import { Runbook } from './runbook.js';
import { Steps } from './steps.js';
import classes from '../rotation.module.css';

const route = getRouteApi('/signed-in/rotation/runs/$id');

/** One run as it goes: its steps, who is left on the old one, what keeps it, and what to do about that. */
export function RunPage() {
  const { id } = route.useParams();
  const run = useSuspenseQuery(runQuery(id)).data;
  const identity = useQuery(identityQuery(run.identityId)).data;
  const isOver = run.endedAt !== null;
  return (
    <Page
      title={run.rotationName}
      tab={`Run of ${run.rotationName}`}
      over={
        <>
          <Link to="/rotation">Rotation</Link> /{' '}
          <Link to="/rotation/$id" params={{ id: run.rotationId }}>
            {run.rotationName}
          </Link>{' '}
          / version {versionsOf(run)}
        </>
      }
      beside={<RunPill run={run} />}
      wide
      actions={<RunDeeds run={run} />}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          {!isOver && run.runbook !== null && <Runbook run={run} />}
          <Consents run={run} />
          <Section title="How far it is" bare>
            <Steps run={run} />
          </Section>
          <Section
            title={`Who is left on the ${run.direction === 'forth' ? 'old' : 'new'} one`}
            lead="What was seen last: by it alone the one that is to go is withdrawn."
          >
            <Evidence run={run} />
          </Section>
        </div>
        <div className={classes.column}>
          <Section title="About it">
            <Facts
              facts={[
                [
                  'Identity',
                  <Link key="identity" to="/identities/$id" params={{ id: run.identityId }}>
                    {identity?.name ?? 'Whose it is'}
                  </Link>,
                ],
                ['Because of', CAUSES[run.cause]],
                run.reason !== null && ['Reason', `“${run.reason}”`],
                run.emergencyId !== null && [
                  'Emergency',
                  <Link key="emergency" to="/rotation/emergencies/$id" params={{ id: run.emergencyId }}>
                    All of it
                  </Link>,
                ],
                ['Started by', <Party key="by" id={run.startedBy} />],
                ['Started', <Instant key="at" at={run.startedAt} full />],
                run.endedAt !== null && ['Ended', <Instant key="ended" at={run.endedAt} full />],
                run.dueAt !== null && ['Looked at next', <Instant key="due" at={run.dueAt} />],
                run.cancelReason !== null && ['Given up', `“${run.cancelReason}”`],
                run.overriddenBy !== null && ['Overridden by', <Party key="overrider" id={run.overriddenBy} />],
                run.overrideReason !== null && ['Because', `“${run.overrideReason}”`],
                ['Id', <Copyable key="id" what="id" text={run.id} />],
              ]}
            />
          </Section>
          <Section title="Consumers" lead="Whoever fetched it, and what they say they use." bare>
            <Consumers run={run} />
          </Section>
        </div>
      </div>
    </Page>
  );
}
