import { Page } from '../page/page.js';

export function SignInPage() {
  return (
    <Page title="Sign in">
      <p>Nothing yet.</p>
    </Page>
  );
}
