import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Copyable } from '../page/copyable.js';
import { Empty } from '../page/empty.js';
import { Facts } from '../page/facts.js';
import { Page } from '../page/page.js';
import { Section } from '../page/section.js';
import { Party } from '../people/party.js';
import { targetsQuery } from '../reviews/targets/targets-queries.js';
import { FoundTable } from '../table/found-table.js';
import { Instant } from '../time/instant.js';
import { lasting } from '../time/spoken.js';
import { calendarsQuery } from './calendars/calendars-queries.js';
import { Outlook } from './plan/outlook.js';
import { RotationDeeds } from './rotation-deeds.js';
import { type Rotation, rotationQuery, runsQuery } from './rotation-queries.js';
import { RotationPill } from './rotation-words.js';
import { scheduleWords } from './schedule-words.js';
import { RUNS_OF_ONE } from './runs/runs-columns.js';
import { Sinks } from './sinks.js';
import classes from './rotation.module.css';

const route = getRouteApi('/signed-in/rotation/$id');

/** One duty: whose credential, when it is made anew, for whom it waits, where it is delivered, and how that went. */
export function RotationPage() {
  const { id } = route.useParams();
  const rotation = useSuspenseQuery(rotationQuery(id)).data;
  const runs = useInfiniteQuery(runsQuery({ rotationId: id }));
  return (
    <Page
      title={rotation.name}
      over={<Link to="/rotation">Rotation</Link>}
      beside={<RotationPill rotation={rotation} />}
      lead={scheduleWords(rotation.schedule)}
      wide
      actions={<RotationDeeds rotation={rotation} />}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          {rotation.run !== null && (
            <div className={classes.card} role="status">
              <p>
                It rotates now:{' '}
                <Link to="/rotation/runs/$id" params={{ id: rotation.run.id }}>
                  see how far it is
                </Link>
                .
              </p>
            </div>
          )}
          <Section title="What is ahead" lead="The next thirty days, if nothing changes.">
            <Outlook rotationId={id} />
          </Section>
          <Section title="Runs" bare>
            <FoundTable
              label="Runs"
              found={runs}
              columns={RUNS_OF_ONE}
              rowId={(run) => run.id}
              loadingRows={4}
              empty={
                <Empty title="It has never run.">
                  <p>The first run replaces what was there before Muster.</p>
                </Empty>
              }
            />
          </Section>
        </div>
        <div className={classes.column}>
          <Section title="About it">
            <About rotation={rotation} />
          </Section>
          <Section title="Delivered to" lead="Besides whoever fetches it." bare>
            <Sinks rotation={rotation} />
          </Section>
        </div>
      </div>
    </Page>
  );
}

function About({ rotation }: { readonly rotation: Rotation }) {
  const targets = useQuery(targetsQuery).data?.items ?? [];
  const calendars = useQuery(calendarsQuery).data ?? [];
  const { targetId, accounts, calendarIds, expectedConsumers, previousVersion } = rotation;
  return (
    <Facts
      facts={[
        [
          'Identity',
          <Link key="identity" to="/identities/$id" params={{ id: rotation.identityId }}>
            {rotation.identityName}
          </Link>,
        ],
        [
          'Target',
          targetId === null
            ? 'Muster’s own certificates'
            : (targets.find(({ id }) => id === targetId)?.name ?? <code key="target">{targetId}</code>),
        ],
        [accounts.length > 1 ? 'Accounts, in turns' : 'Account', <code key="accounts">{accounts.join(', ')}</code>],
        [
          'Version',
          previousVersion === null
            ? String(rotation.currentVersion)
            : `${rotation.currentVersion}, and ${previousVersion} still works`,
        ],
        rotation.rotatedAt !== null && ['Last', <Instant key="last" at={rotation.rotatedAt} />],
        ['Next', rotation.nextDueAt === null ? 'By hand' : <Instant key="next" at={rotation.nextDueAt} />],
        rotation.pair !== null && [
          'Pair',
          <Link key="pair" to="/rotation" search={{ pair: rotation.pair }}>
            {rotation.pair}
          </Link>,
        ],
        calendarIds.length > 0 && [
          'Never in',
          <Link key="calendars" to="/rotation/freezes">
            {calendarIds.map((id) => calendars.find((calendar) => calendar.id === id)?.name ?? id).join(', ')}
          </Link>,
        ],
        ['The old one must be quiet for', lasting(rotation.observeSeconds)],
        ['Stuck when somebody is missing for', lasting(rotation.consumerDeadlineSeconds)],
        expectedConsumers.length > 0 && ['Waits for', expectedConsumers.join(', ')],
        ['Set up by', <Party key="by" id={rotation.createdBy} />],
        ['Id', <Copyable key="id" what="id" text={rotation.id} />],
      ]}
    />
  );
}
