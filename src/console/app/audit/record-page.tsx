import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ButtonLink } from '../page/button-link.js';
import { Copyable } from '../page/copyable.js';
import { Facts } from '../page/facts.js';
import { Page } from '../page/page.js';
import { Section } from '../page/section.js';
import { Party } from '../people/party.js';
import { hasRole, useMe } from '../session/me.js';
import { Instant } from '../time/instant.js';
import { deed } from '../words/deeds.js';
import { type Leaf, recordQuery } from './audit-queries.js';
import { Images } from './images.js';
import { Proof } from './proof-panel.js';
import classes from './record-page.module.css';

const route = getRouteApi('/signed-in/audit/$index');

/** One entry of the log: what it says, what it changed, and the proof that it is there. */
export function RecordPage() {
  const { index } = route.useParams();
  const me = useMe();
  const record = useSuspenseQuery(recordQuery(Number(index))).data;
  const leaf = JSON.parse(record.leaf) as Leaf;
  return (
    <Page
      title={deed(record.type)}
      tab={`Entry ${index}`}
      over={
        <>
          <Link to="/audit">Audit</Link> / Entry {record.index.toLocaleString('en')}
        </>
      }
      actions={
        <>
          <Neighbour index={record.index - 1} isThere={record.index > 0} name="Entry before" />
          <Neighbour index={record.index + 1} isThere={record.index + 1 < record.proof.size} name="Entry after" />
        </>
      }
    >
      <Section title="The entry">
        <Facts
          facts={[
            ['Who', <Party key="who" id={leaf.actor} />],
            leaf.instance !== undefined && [
              'Through',
              <Copyable key="instance" what="session or credential" text={leaf.instance} />,
            ],
            ['To what', <About key="subject" id={leaf.subject} />],
            ['When', <Instant key="at" at={leaf.at} full />],
            [
              'Decision',
              `${leaf.decision.effect}, as ${leaf.decision.reasons.join(', ') || 'nothing spoke against it'}`,
            ],
            ['Policy', <code key="policy">{leaf.decision.policy}</code>],
            ['Request', <Copyable key="request" what="request id" text={leaf.request} />],
          ]}
        />
      </Section>
      <Proof record={record} />
      {hasRole(me, 'administrator', 'auditor') && <Images record={record} commitment={leaf.commitment} />}
      <details className={classes.leaf}>
        <summary>The entry exactly as it is hashed</summary>
        <pre tabIndex={0}>{record.leaf}</pre>
      </details>
    </Page>
  );
}

function About({ id }: { readonly id: string }) {
  return (
    <span className={classes.about}>
      {/^(per|mid)_/.test(id) && <Party id={id} />}
      <Copyable what="subject" text={id} />
      <Link to="/audit" search={{ subject: id }}>
        All about it
      </Link>
    </span>
  );
}

function Neighbour({
  index,
  isThere,
  name,
}: {
  readonly index: number;
  readonly isThere: boolean;
  readonly name: string;
}) {
  if (!isThere) return null;
  const Icon = name.endsWith('before') ? IconArrowLeft : IconArrowRight;
  return (
    <ButtonLink to="/audit/$index" params={{ index: String(index) }} variant="default" size="xs" aria-label={name}>
      <Icon size={16} aria-hidden />
    </ButtonLink>
  );
}
