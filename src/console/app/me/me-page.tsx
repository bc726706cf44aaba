import { Page } from '../page/page.js';
import { Facts } from '../page/facts.js';
import { Section } from '../page/section.js';
import { roleNames } from '../people/roles.js';
import { useMe } from '../session/me.js';
import { Instant } from '../time/instant.js';
import { Authenticators } from './authenticators.js';
import { Delegations } from './delegations.js';
import { levelWords } from './level-words.js';
import { Sessions } from './sessions.js';

/** How one proves who one is, and where one is signed in. */
export function MePage() {
  const me = useMe();
  return (
    <Page title="Authenticators and sessions" lead={`${me.person.name}, ${roleNames(me.person.roles).toLowerCase()}`}>
      <Authenticators />
      <Section title="This session">
        <Facts
          facts={[
            ['Began', <Instant key="began" at={me.session.startedAt} full />],
            ['Proved in it', levelWords(me.session.acr)],
            ...me.session.proofs.map(
              ({ acr, provedAt }) => [levelWords(acr), <Instant key={acr} at={provedAt} />] as const,
            ),
          ]}
        />
      </Section>
      <Sessions />
      <Delegations />
    </Page>
  );
}
