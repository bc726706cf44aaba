import type { Role } from '../../src/kernel/index.js';
import type { SignedIn } from '../harness/index.js';
import type { Muster } from '../harness/muster.js';
import type { Browser, Visit } from './browser.js';

export const button = ({ page }: Visit, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
export const heading = ({ page }: Visit, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
export const message = ({ page }: Visit, words: string) =>
  page.getByRole('status', { name: 'Messages' }).getByText(words).waitFor();

/** Somebody new, who takes up their invitation in a browser and enrols a passkey there. */
export async function moveIn(
  browser: Browser,
  administrator: SignedIn,
  name: string,
  ...roles: readonly Role[]
): Promise<{ readonly id: string; readonly visit: Visit }> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`;
  const invited = await administrator.visitor.post<{ person: { id: string }; signInToken: string }>('/v1/people', {
    ...{ name, email, roles },
  });
  const visit = await browser.visit();
  await visit.page.goto(`/invitation#${invited.signInToken}`);
  await button(visit, 'Go on').click();
  await button(visit, 'Create a passkey').click();
  await button(visit, 'Make recovery codes').click();
  await visit.page.getByLabel('I have put them away').check();
  await button(visit, 'Done').click();
  await button(visit, 'Go to your home page').click();
  await visit.page.waitForURL('**/');
  return { id: invited.person.id, visit };
}

/** The same person as a program would come: with the session of their window. */
export async function throughTheApi(muster: Muster, { context }: Visit): Promise<SignedIn> {
  const token = (await context.cookies()).find(({ name }) => name === '__Host-muster-session')!.value;
  const visitor = muster.visitor({ token });
  const { person } = await visitor.get<{ person: { id: SignedIn['id'] } }>('/v1/me');
  return { id: person.id, token, visitor };
}

/** Answers the question in place with the passkey of this window, by keyboard: its button has the focus. */
export async function confirm(visit: Visit): Promise<string> {
  const dialog = visit.page.getByRole('dialog', { name: 'Confirm that it is you' });
  const words = await dialog.locator('p').first().innerText();
  await visit.page.locator('button:focus', { hasText: 'Confirm with a passkey' }).waitFor();
  await visit.page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  return words;
}
