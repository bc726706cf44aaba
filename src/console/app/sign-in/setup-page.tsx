import { Page } from '../page/page.js';

export function SetupPage() {
  return (
    <Page title="Setup">
      <p>Soon.</p>
    </Page>
  );
}
