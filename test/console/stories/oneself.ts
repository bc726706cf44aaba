import { describe, expect, it } from '@jest/globals';
import { TOTP } from 'otpauth';
import { violationsOf } from '../accessibility.js';
import type { Visit } from '../browser.js';
import { button } from '../newcomer.js';
import { choose, confirm } from './deeds.js';
import { ada, ines } from './stage.js';

/** What one keeps for oneself, how people are named, and the glass. */

describe('what one keeps for oneself', () => {
  const message = (words: string) => ines.page.getByRole('status', { name: 'Messages' }).getByText(words).waitFor();

  it('is a code generator, enrolled with its first code', async () => {
    const { page } = ines;
    await ines.goOn('/me');
    await button(ines, 'Code generator').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Show the code to scan' }).click();
    const asked = page.getByRole('dialog', { name: 'Confirm that it is you' });
    await dialog
      .getByRole('img', { name: /^QR code/ })
      .or(asked)
      .waitFor();
    if (await asked.isVisible()) await confirm(ines);
    await dialog.getByRole('img', { name: /^QR code/ }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    const secret = (await dialog.locator('code').first().innerText()).replaceAll(/\s/g, '');
    await dialog.getByLabel('The six digits it shows').fill(new TOTP({ secret }).generate());
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Authenticator app').first().waitFor();
  });

  it('is who decides while one is away, found by name, until one ends it', async () => {
    const { page } = ines;
    await button(ines, 'Name somebody').click();
    await choose(ines, /^Person/, 'Ada Marsh');
    const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('Until the end of').fill(inAWeek);
    await page.getByLabel('Why').fill('A week off');
    await button(ines, 'Name them').click();
    const asked = page.getByRole('dialog', { name: 'Confirm that it is you' });
    const row = page.getByRole('row', { name: /Ines Calvert.*Ada Marsh.*A week off/ });
    await row.or(asked).first().waitFor();
    if (await asked.isVisible()) await confirm(ines);
    await row.getByRole('button', { name: 'End' }).click();
    await message('It has ended.');
    await row.waitFor({ state: 'detached' });
  });

  it('is a way to look at the inventory, by the name one gave it', async () => {
    const { page } = ines;
    await ines.goOn('/identities?status=suspended&kind=workload');
    await button(ines, 'Save view').click();
    await page.getByRole('dialog').getByLabel('Name').fill('Stopped workloads');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await message('The view “Stopped workloads” is saved.');
    await ines.goOn('/identities');
    await button(ines, 'Stopped workloads').click();
    await page.waitForURL(/status=suspended/);
    await button(ines, 'Remove the view Stopped workloads').click();
    await message('The view “Stopped workloads” is gone.');
    await button(ines, 'Stopped workloads').waitFor({ state: 'detached' });
  });
});

describe('names of people', () => {
  it('are asked for by the ids on screen, and people are found by how a name begins', async () => {
    const { page } = ada;
    const asked: URLSearchParams[] = [];
    const listen = (request: { url(): string }) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === '/v1/people') asked.push(searchParams);
    };
    page.on('request', listen);
    await page.goto('/identities');
    await page.getByRole('row', { name: /order-router-eu.*Ines Calvert/ }).waitFor();
    expect(asked.some((query) => query.has('ids'))).toBe(true);
    await ada.goOn('/people');
    await page.getByLabel('Search people').fill('wolan');
    await page.getByRole('row', { name: /Tomasz Wolański/ }).waitFor();
    await page.getByRole('row', { name: /Ines Calvert/ }).waitFor({ state: 'detached' });
    page.off('request', listen);
    expect(asked.at(-1)!.get('q')).toBe('wolan');
    for (const query of asked) expect(Number(query.get('limit'))).toBeLessThanOrEqual(100);
    expect(asked.some((query) => query.has('cursor'))).toBe(false);
  });
});

describe('broken glass', () => {
  const message = ({ page }: Visit, words: string) =>
    page.getByRole('status', { name: 'Messages' }).getByText(words).waitFor();

  it('is seen on every page while it is open, and given back by whoever broke it', async () => {
    const { page } = ada;
    await ada.goOn('/break-glass');
    await button(ada, 'Break the glass').click();
    const dialog = page.getByRole('dialog', { name: 'Break the glass' });
    await dialog.getByLabel(/^What is happening/).fill('The registry is down');
    await dialog.getByRole('checkbox', { name: 'Platform engineer' }).check();
    await dialog.getByRole('button', { name: 'Break the glass' }).click();
    expect(await confirm(ada)).toMatch(/^Break the glass: take/);
    await message(ada, 'The glass is broken. Every administrator is told.');
    await page
      .getByRole('region', { name: 'Broken glass' })
      .getByText(/Ada Marsh.* has emergency roles/)
      .waitFor();
    await button(ada, 'Give the roles back').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Give them back' }).click();
    await message(ada, 'The roles are given back.');
    await page.getByText('Review due', { exact: true }).first().waitFor();
    expect(await button(ada, 'Close the review').count()).toBe(0);
  });

  it('is reviewed by somebody else, who writes down what they found', async () => {
    await ines.page.goto('/break-glass');
    await button(ines, 'Close the review').click();
    const dialog = ines.page.getByRole('dialog', { name: 'Close the review' });
    await dialog.getByLabel(/^Findings/).fill('One team was made, rightly');
    await dialog.getByRole('button', { name: 'Close the review' }).click();
    expect(await confirm(ines)).toMatch(/^Close the review/);
    await message(ines, 'The review is closed.');
    await ines.page.getByText('One team was made, rightly').waitFor();
    await ada.page.reload();
    await ada.page.getByText('One team was made, rightly').waitFor();
    expect(await ada.page.getByRole('region', { name: 'Broken glass' }).count()).toBe(0);
  });
});
