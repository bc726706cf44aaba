import { Page } from '../page/page.js';

export function BreakGlassPage() {
  return (
    <Page title="Break glass">
      <p>Soon.</p>
    </Page>
  );
}
