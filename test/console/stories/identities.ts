import { describe, expect, it } from '@jest/globals';
import { button, heading } from '../newcomer.js';
import { choose, confirm, field, tabTo } from './deeds.js';
import { ada, ines, made } from './stage.js';

/** From a registration to its proof in the log, by mouse and by keyboard. */

describe('a machine identity', () => {
  it('is registered by a newcomer in one form, which says what will follow', async () => {
    const { page } = ines;
    await ines.goOn('/teams');
    await button(ines, 'New team').click();
    await page.getByRole('dialog').getByLabel('Name').fill('Equities trading');
    await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('link', { name: 'Equities trading' }).waitFor();
    await ines.goOn('/register');
    await field(ines, /^Name/).fill('order-router-eu');
    await field(ines, /^Environment/).fill('production');
    await page.getByRole('radio', { name: /^Workload/ }).click();
    await field(ines, /^Purpose/).fill('Routes client orders to European venues');
    await field(ines, 'Enters orders').check();
    // A box of a form lets no key lead elsewhere: what is filled in would be lost.
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await choose(ines, /^Team/, 'Equities trading');
    await choose(ines, /^Primary custodian/, 'Ines Calvert');
    await choose(ines, /^Backup custodian/, 'Tomasz Wolański');
    await page.getByText('Somebody else must approve it').waitFor();
    await button(ines, 'Register').click();
    await heading(ines, 'order-router-eu').waitFor();
    await page.getByText('No credential is issued to it.').waitFor();
    made.identity = new URL(page.url()).pathname;
  });

  it('waits for somebody else, whom its requester cannot be (STU-7)', async () => {
    const { page } = ines;
    await button(ines, 'Activate').click();
    await page.getByRole('alert').waitFor();
    await page.goto('/approvals?list=asked');
    await page.getByRole('link', { name: /Activate.*order-router-eu/ }).click();
    await page.getByText('You asked for this, so somebody else decides.').waitFor();
    expect(await button(ines, 'Approve').count()).toBe(0);
    made.approval = new URL(page.url()).pathname;
    const id = made.approval.split('/').at(-1)!;
    const body = JSON.stringify({ verdict: 'approve', reason: 'It is mine' });
    const init = `{ method: 'POST', body: ${JSON.stringify(body)}, headers: { 'content-type': 'application/json' } }`;
    const status = await page.evaluate(
      `fetch('/v1/approvals/${id}/decision', ${init}).then((answer) => answer.text().then(() => answer.status))`,
    );
    expect([401, 403]).toContain(status);
  });

  it('is approved by somebody else, who signs exactly what they read', async () => {
    const { page } = ada;
    await page.goto('/approvals');
    await page.getByRole('link', { name: /Activate.*order-router-eu/ }).click();
    await field(ada, /^Your reason/).fill('Reviewed with the desk');
    await button(ada, 'Approve').click();
    await confirm(ada);
    await page.getByRole('status', { name: 'Messages' }).getByText('Approved.').waitFor();
    await page.getByText('Reviewed with the desk').waitFor();
  });

  it('is active once its requester asks again', async () => {
    const { page } = ines;
    await ines.goOn(made.identity);
    await button(ines, 'Activate').click();
    await page.getByText('It is in good standing.').waitFor();
    await page.getByText('Identity activated').first().waitFor();
  });
});

describe('the log', () => {
  it('is proved in the browser, entry by entry', async () => {
    const { page } = ines;
    await ines.goOn('/audit?type=identity.activated');
    await page
      .getByRole('row', { name: /Identity activated/ })
      .getByRole('link')
      .first()
      .click();
    await page.getByText(/hashes lead from it to the signed root/).waitFor();
    await page.getByText(/has signed that root/).waitFor();
  });

  it('shows before and after to an auditor who proves to be one, and that the entry commits to both', async () => {
    const { page } = ines;
    await button(ines, 'Show what changed').click();
    await confirm(ines);
    await page.getByText('The entry commits to exactly these images').waitFor();
    const row = page.getByRole('row', { name: /^identity.status changed/ });
    expect(await row.innerText()).toMatch(/pending[\s\S]*active/);
  });
});

describe('by keyboard alone', () => {
  it('one finds an identity, opens it and suspends it', async () => {
    const { page } = ines;
    await ines.goOn('/');
    await heading(ines, 'Good day, Ines').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await heading(ines, 'Identities').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('router');
    await page.waitForURL(/[?&]q=(%22)?router/);
    await page.getByText('1 identity', { exact: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('a:focus', { hasText: 'order-router-eu' }).waitFor();
    await page.keyboard.press('Enter');
    await heading(ines, 'order-router-eu').waitFor();
    await tabTo(ines, 'Suspend');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('Routed to a venue that is closed');
    await tabTo(ines, 'Suspend');
    await page.keyboard.press('Enter');
    await page.getByRole('status', { name: 'Messages' }).getByText('order-router-eu is suspended.').waitFor();
  });

  it('one goes anywhere by the palette, and reads which keys there are', async () => {
    const { page } = ines;
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Search identities, pages and actions').fill('ledg');
    await page.getByRole('button', { name: 'Ledger' }).first().waitFor();
    await page.keyboard.press('Enter');
    await heading(ines, 'Ledger').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor({ state: 'detached' });
  });
});
