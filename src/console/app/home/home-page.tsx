import { Page } from '../page/page.js';
import { useMe } from '../session/me.js';

/** What needs this very person, and nothing else. */
export function HomePage() {
  const me = useMe();
  return (
    <Page title={`Good day, ${me.person.name.split(' ')[0]}`} tab="Home">
      <p>Nothing yet.</p>
    </Page>
  );
}
