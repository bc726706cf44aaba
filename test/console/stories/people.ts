import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { button, heading } from '../newcomer.js';
import { confirm, field, invite, moveIn } from './deeds.js';
import { ada, browser, ines, muster } from './stage.js';

/** Whoever comes to Muster first, and whom they let in. */

describe('the first administrator', () => {
  it('sets Muster up with the token of the machine, enrols a passkey and prints recovery codes', async () => {
    const token = await readFile(path.join(muster.home.data, 'setup-token'), 'utf8');
    await ada.page.goto('/setup');
    await field(ada, /^Setup token/).fill(token);
    await field(ada, /^Your name/).fill('Ada Marsh');
    await field(ada, /^Your e-mail/).fill('ada@example.com');
    await button(ada, 'Go on').click();
    expect(await moveIn(ada)).toHaveLength(10);
    await heading(ada, 'Good day, Ada').waitFor();
    await ada.page.getByText('You are the only administrator').waitFor();
  });

  it('signs out, and in again with the passkey, and comes back to where they wanted', async () => {
    await ada.context.clearCookies();
    await ada.page.goto('/teams');
    await button(ada, 'Sign in with a passkey').click();
    await heading(ada, 'Teams').waitFor();
    expect(new URL(ada.page.url()).pathname).toBe('/teams');
  });

  it('is told so where the authenticator does not recognise its user', async () => {
    const stranger = await browser.visit();
    await stranger.recognise(false);
    await stranger.page.goto('/sign-in');
    await button(stranger, 'Sign in with a passkey').click();
    await stranger.page.getByRole('alert').getByText('passkey_not_given').waitFor();
    await stranger.close();
  });
});

describe('somebody invited', () => {
  it('takes up the invitation with a one-time token, and enrols a passkey of their own', async () => {
    const token = await invite(ada, 'Ines Calvert', 'ines@example.com', ['Custodian', 'Platform engineer', 'Auditor']);
    await ines.page.goto(`/invitation#${token}`);
    await button(ines, 'Go on').click();
    expect(new URL(ines.page.url()).hash).toBe('');
    expect(await moveIn(ines)).toHaveLength(10);
    await heading(ines, 'Good day, Ines').waitFor();
  });
});

describe('a proof at the moment that matters', () => {
  it('is asked for in place, with what it is for, and the same request then goes through', async () => {
    const token = await invite(ada, 'Tomasz Wolański', 'tomasz@example.com', ['Custodian']);
    await muster.visitor().post('/v1/sign-in', { signInToken: token });
    await ada.page.getByRole('button', { name: 'Actions for Ines Calvert' }).click();
    await ada.page.getByRole('menuitem', { name: 'Change roles' }).click();
    const dialog = ada.page.getByRole('dialog', { name: 'Roles of Ines Calvert' });
    await dialog.getByRole('checkbox', { name: 'Analyst' }).check();
    await dialog.getByRole('button', { name: 'Change' }).click();
    expect(await confirm(ada)).toMatch(/./);
    await ada.page
      .getByRole('status', { name: 'Messages' })
      .getByText('The roles of Ines Calvert are changed.')
      .waitFor();
    await ada.page.getByRole('row', { name: /Ines Calvert.*Analyst/ }).waitFor();
    // A role more ends the sessions that began without it.
    await ines.page.goto('/');
    await ines.page
      .getByRole('button', { name: /passkey/ })
      .or(heading(ines, /Good day/))
      .waitFor();
    if (await button(ines, 'Sign in with a passkey').isVisible()) await button(ines, 'Sign in with a passkey').click();
    await heading(ines, 'Good day, Ines').waitFor();
  });

  it('leaves everything as it was where it is declined', async () => {
    await ada.page.getByRole('button', { name: 'Actions for Tomasz Wolański' }).click();
    await ada.page.getByRole('menuitem', { name: 'Has left the firm' }).click();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'They have left' }).click();
    await ada.page
      .getByRole('dialog', { name: 'Confirm that it is you' })
      .getByRole('button', { name: 'Close' })
      .click();
    await ada.page.getByRole('alert').getByText('step_up_declined').waitFor();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await ada.page.getByRole('row', { name: /Tomasz Wolański.*Active/ }).waitFor();
  });

  it('finds people by name, in a box whose keys stay its own where no row is to be opened', async () => {
    const { page } = ada;
    await page.getByRole('searchbox', { name: 'Search people' }).focus();
    await page.evaluate(
      `addEventListener('keydown', (event) => (globalThis.taken = event.defaultPrevented), { once: true })`,
    );
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate('globalThis.taken')).toBe(false);
  });

  it('serves for the payload that was shown, and for none that differs by a letter (P12)', async () => {
    const { page } = ada;
    let changed = 0;
    await page.route('**/v1/people/*', async (route) => {
      const request = route.request();
      if (request.method() !== 'PATCH' || request.headers()['muster-step-up'] === undefined) return route.fallback();
      changed++;
      return route.continue({ postData: JSON.stringify({ roles: ['administrator', 'custodian'] }) });
    });
    await page.getByRole('button', { name: 'Actions for Tomasz Wolański' }).click();
    await page.getByRole('menuitem', { name: 'Change roles' }).click();
    await page.getByRole('dialog').getByRole('checkbox', { name: 'Analyst' }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
    await confirm(ada);
    await page.getByRole('alert').getByText('step_up_mismatch').waitFor();
    await page.unroute('**/v1/people/*');
    expect(changed).toBe(1);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    const row = page.getByRole('row', { name: /Tomasz Wolański/ });
    expect(await row.innerText()).not.toMatch(/Administrator|Analyst/);
  });
});
