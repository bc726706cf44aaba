import { button } from '../newcomer.js';
import type { Visit } from '../browser.js';

export const field = ({ page }: Visit, name: string | RegExp) => page.getByLabel(name);

/** Enrols the passkey that a newcomer is asked for, and puts the recovery codes away. */
export async function moveIn(visit: Visit): Promise<string[]> {
  await button(visit, 'Create a passkey').click();
  // The passkey that was just made has proved who is there: nothing is asked again.
  await button(visit, 'Make recovery codes').click();
  const list = visit.page.getByRole('list', { name: 'Recovery codes' });
  await list.waitFor();
  const codes = await list.locator('code').allInnerTexts();
  await field(visit, 'I have put them away').check();
  await button(visit, 'Done').click();
  await button(visit, 'Go to your home page').click();
  await visit.page.waitForURL('**/');
  return codes;
}

/** Answers the question in place with the passkey of this window. */
export async function confirm(visit: Visit): Promise<string> {
  const dialog = visit.page.getByRole('dialog', { name: 'Confirm that it is you' });
  const words = await dialog.locator('p').first().innerText();
  await button(visit, 'Confirm with a passkey').click();
  await dialog.waitFor({ state: 'detached' });
  return words;
}

export async function invite(by: Visit, name: string, email: string, roles: readonly string[]): Promise<string> {
  const { page } = by;
  await by.goOn('/people');
  await button(by, 'Invite').click();
  const dialog = page.getByRole('dialog', { name: 'Invite somebody' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('E-mail').fill(email);
  for (const box of await dialog.getByRole('checkbox').all()) await box.uncheck();
  for (const role of roles) await dialog.getByRole('checkbox', { name: role }).check();
  await dialog.getByRole('button', { name: 'Invite' }).click();
  const invited = page.getByRole('dialog', { name: `${name} is invited` });
  const token = await invited.locator('code').first().innerText();
  await invited.getByRole('button', { name: 'I have passed it on' }).click();
  return token;
}

/** Chooses from a list by typing, as people do. */
export async function choose(visit: Visit, label: RegExp, name: string): Promise<void> {
  const box = visit.page.getByRole('combobox', { name: label }).or(visit.page.getByRole('textbox', { name: label }));
  await box.first().click();
  await box.first().fill(name);
  await visit.page.getByRole('option', { name }).first().click();
}

/** Presses Tab until the focus is on the button of that name. */
export async function tabTo({ page }: Visit, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement?.textContent?.trim()')) === name) return;
  }
  throw new Error(`Tab never comes to ${name}.`);
}
