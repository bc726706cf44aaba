import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { FindingsOf } from '../findings/findings-of.js';
import { kindName, StatusPill } from '../identities/identity-words.js';
import { Page } from '../page/page.js';
import { Section } from '../page/section.js';
import { RotationsOf } from '../rotation/rotations-of.js';
import { Aliases } from './aliases.js';
import { Answerers } from './answerers.js';
import { Credentials } from './credentials.js';
import { Description } from './description.js';
import { Grants } from './grants.js';
import { IdentityDeeds } from './identity-deeds.js';
import { identityQuery } from './identity-queries.js';
import { Reach } from './reach.js';
import { Review } from './review.js';
import { Standing } from './standing.js';
import { Timeline } from './timeline.js';
import classes from './identity-page.module.css';

const route = getRouteApi('/signed-in/identities/$id');

/** One machine identity: who answers for it, why it exists, what it may be given, what it holds and what happened to it. */
export function IdentityPage() {
  const { id } = route.useParams();
  const identity = useSuspenseQuery(identityQuery(id)).data;
  return (
    <Page
      title={identity.name}
      over={
        <>
          <Link to="/identities">Identities</Link> / {kindName(identity.kind)} in {identity.environment}
        </>
      }
      beside={<StatusPill status={identity.status} />}
      lead={identity.purpose}
      wide
      actions={<IdentityDeeds identity={identity} />}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          <Standing standing={identity.standing} />
          <Section title="Credentials" lead="Valid now. The ledger has all there ever were." bare>
            <Credentials identityId={id} />
          </Section>
          <Section title="Rotation" lead="What of it is made anew from time to time." bare>
            <RotationsOf identityId={id} />
          </Section>
          <Section title="Grants" lead="What it may do elsewhere, and whether it does." bare>
            <Grants identity={identity} />
          </Section>
          <Section
            title="Findings"
            lead="What was found of it that somebody has to see to."
            bare
            actions={
              <Link to="/findings" search={{ identityId: id, state: 'any' }}>
                All of them
              </Link>
            }
          >
            <FindingsOf filters={{ identityId: id }} empty="Nothing that is open was found of it." />
          </Section>
          <Section title="What it reaches" lead="Whoever answers for it, and the systems its grants and keys lead to.">
            <Reach identity={identity} />
          </Section>
        </div>
        <div className={classes.column}>
          <Section title="Who answers">
            <Answerers identity={identity} />
          </Section>
          <Section title="Called elsewhere" lead="By these names, what is found is known to be its.">
            <Aliases identity={identity} />
          </Section>
          <Section title="Its review">
            <Review identity={identity} />
          </Section>
          <Section title="About it">
            <Description identity={identity} />
          </Section>
          <Section title="Timeline" lead="From the log, where nothing can be taken back.">
            <Timeline identityId={id} />
          </Section>
        </div>
      </div>
    </Page>
  );
}
