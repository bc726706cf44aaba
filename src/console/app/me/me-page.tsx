import { Page } from '../page/page.js';

export function MePage() {
  return (
    <Page title="Authenticators and sessions">
      <p>Soon.</p>
    </Page>
  );
}
