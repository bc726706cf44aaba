import { Page } from '../page/page.js';

export function InvitationPage() {
  return (
    <Page title="Invitation">
      <p>Soon.</p>
    </Page>
  );
}
