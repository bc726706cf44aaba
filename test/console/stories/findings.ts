import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { darkViolationsOf, violationsOf } from '../accessibility.js';
import { button, heading } from '../newcomer.js';
import { choose, confirm, field } from './deeds.js';
import { ada, made, planted } from './stage.js';

/** What nobody registered, from the first look until it is somebody’s or gone. */

describe('what nobody registered', () => {
  /** Where a proof was just given, none is asked for. */
  const confirmWhereAsked = async (then: { waitFor(): Promise<void> }) => {
    const dialog = ada.page.getByRole('dialog', { name: 'Confirm that it is you' });
    await dialog
      .or(then as never)
      .first()
      .waitFor();
    if (await dialog.isVisible()) await confirm(ada);
    await then.waitFor();
  };
  const row = (words: RegExp) => ada.page.getByRole('table', { name: 'Findings' }).getByRole('row', { name: words });
  const message = (words: string | RegExp) =>
    ada.page.getByRole('status', { name: 'Messages' }).getByText(words).first();
  const more = async (deed: string) => {
    await button(ada, 'More').click();
    await ada.page.getByRole('menuitem', { name: deed, exact: true }).click();
  };
  /** A deed of a finding that wants nothing but its reason. */
  const reasoned = async (deed: string, reason: string, said: string | RegExp) => {
    await button(ada, deed).click();
    const dialog = ada.page.getByRole('dialog', { name: new RegExp(`^${deed}`) });
    await dialog.getByLabel(/^Reason/).fill(reason);
    await dialog.getByRole('button', { name: deed }).click();
    await confirmWhereAsked(message(said));
  };
  /** A folder, and the address of the source that it is. */
  let scratch = '';
  let scratched = '';

  it('is looked for as soon as somebody says where, in the form of that kind of source', async () => {
    const { page } = ada;
    await ada.goOn('/');
    await heading(ada, /Good day/).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await heading(ada, 'Findings').waitFor();
    await page.getByText('Nobody has looked anywhere yet.').waitFor();
    await page.getByRole('link', { name: 'Add the first source' }).click();
    await page.getByRole('link', { name: /^Git repository/ }).click();
    await field(ada, /^Name/).fill('payments');
    await field(ada, /^Or a path/).fill(planted.folder);
    // No secret is shown as it is written, one of several lines neither.
    expect(
      await field(ada, /^Token/)
        .and(page.locator('input'))
        .getAttribute('type'),
    ).toBe('password');
    const masking = `getComputedStyle(document.querySelector('textarea')).webkitTextSecurity`;
    expect(await field(ada, /^Private key/).getAttribute('id')).toBe(
      await page.locator('textarea').first().getAttribute('id'),
    );
    expect(await page.evaluate(masking)).toBe('disc');
    await button(ada, 'Add and look').click();
    await confirmWhereAsked(heading(ada, 'payments'));
    made.source = new URL(page.url()).pathname;
    await page.getByText('It was looked at lately, and let Muster in.').waitFor({ timeout: 90_000 });
    await page.getByRole('table', { name: 'Findings' }).getByRole('row').nth(3).waitFor();
  });

  it('is found by words and by keyboard, with why and where, and the secret masked', async () => {
    const { page } = ada;
    await page.goto('/findings');
    await row(/values\.yaml/).waitFor();
    await field(ada, 'Search findings').fill('svc_ledger');
    await row(/config\.yml/).waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: 'Places' }).getByText('deploy/production/values.yaml:3').waitFor();
    made.finding = new URL(page.url()).pathname;
    expect(await page.getByRole('main').innerText()).not.toContain(planted.password);
    await page.getByRole('meter', { name: 'How sure this is' }).waitFor();
    await page.getByRole('region', { name: 'Where it lies and what it opens' }).getByText('List').click();
    await page.getByRole('definition').filter({ hasText: 'svc_ledger' }).first().waitFor();
  });

  it('becomes somebody’s, by a registration that is filled in but for who answers', async () => {
    const { page } = ada;
    await button(ada, 'Adopt').click();
    await page.getByRole('dialog').getByLabel('One that nobody registered yet').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Fill in the registration' }).click();
    await heading(ada, 'Register what was found').waitFor();
    expect(await field(ada, /^Name/).inputValue()).toBe('svc_ledger');
    // Another registration begins anew, and takes nothing over from this one.
    await heading(ada, 'Register what was found').click();
    await page.keyboard.press('n');
    await heading(ada, 'Register an identity').waitFor();
    expect(await field(ada, /^Name/).inputValue()).toBe('');
    await page.goBack();
    await heading(ada, 'Register what was found').waitFor();
    await field(ada, /^Environment/).fill('production');
    await choose(ada, /^Team/, 'Equities trading');
    await button(ada, 'Register and adopt').click();
    await confirmWhereAsked(heading(ada, 'svc_ledger'));
    await page
      .getByRole('region', { name: 'Called elsewhere' })
      .getByText('postgresql:orders-db.example:5432:svc_ledger')
      .waitFor();
    await page.goto(made.finding);
    // Whose it is, is known now; that it lies in a repository is still wrong.
    await page.getByText('Misplaced', { exact: true }).first().waitFor();
    await page.getByRole('list').getByText('Shadow identity → Misplaced').waitFor();
  });

  it('is dismissed with a reason and until a day, several at once, and is among the dismissed', async () => {
    const { page } = ada;
    await ada.goOn('/findings?q=services');
    await row(/config\.yml/)
      .getByRole('checkbox')
      .check();
    // A ticked box takes no keys from the list, wherever in it its row is.
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await page.locator('tbody a:focus').waitFor();
    await row(/settings\.py/)
      .getByRole('link')
      .first()
      .focus();
    await page.keyboard.press('x');
    await page.getByRole('group', { name: 'What is chosen' }).getByText('2 chosen').waitFor();
    await page.keyboard.press('d');
    const dialog = page.getByRole('dialog', { name: 'Dismiss 2 findings' });
    await dialog.getByLabel(/^Reason/).fill('Both end with the contract, this month');
    const [day, inAWeek] = [dialog.getByLabel('Day'), new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)];
    await dialog.getByLabel('For', { exact: true }).and(page.locator('input:visible')).click();
    await page.getByRole('option', { name: 'Until a day' }).click();
    await day.fill('');
    await day.fill(inAWeek);
    await dialog.getByRole('button', { name: 'Dismiss' }).click();
    await confirmWhereAsked(page.getByText('2 are dismissed.'));
    await row(/config\.yml/).waitFor({ state: 'detached' });
    await button(ada, 'Dismissed').click();
    await row(/config\.yml/).waitFor();
    await row(/settings\.py/).waitFor();
  });

  it('is open again where somebody says why, and is never one with another secret', async () => {
    const { page } = ada;
    await row(/config\.yml/)
      .getByRole('link')
      .first()
      .click();
    await reasoned('Open again', 'The contract goes on', 'It is open again.');
    await more('Merge with another');
    const dialog = page.getByRole('dialog', { name: /^Merge/ });
    // Somebody who has chosen one may still look for another.
    for (const name of ['values.yaml', 'settings.py']) await choose(ada, /^Into/, name);
    await dialog.getByLabel(/^Reason/).fill('Both are of the reports');
    await dialog.getByRole('button', { name: 'Merge' }).click();
    await confirmWhereAsked(dialog.getByRole('alert').getByText('two_secrets'));
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('is retired, and closed by itself once its source sees it no more', async () => {
    const { page } = ada;
    scratch = planted.scratch();
    await ada.goOn('/sources/new?kind=files');
    await field(ada, /^Name/).fill('scratch');
    await field(ada, /^Path/).fill(scratch);
    await button(ada, 'Add and look').click();
    await confirmWhereAsked(heading(ada, 'scratch'));
    scratched = new URL(page.url()).pathname;
    await row(/Slack bot token/)
      .getByRole('link')
      .first()
      .click();
    await reasoned('Retire', 'Nobody needs it', /^It is being retired/);
    const way = page.getByRole('list', { name: 'Retirement' });
    await way.getByText('scratch').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
    await rm(path.join(scratch, '.env'));
    await button(ada, 'Look now').click();
    await page.getByText('Nothing: no source sees it any more.').waitFor({ timeout: 90_000 });
    await page.getByText('Closed: was being retired').waitFor();
    await page.getByRole('table', { name: 'Places' }).getByText('Gone', { exact: true }).waitFor();
  });

  it('is one with another until it is split off, and goes to an identity that is known', async () => {
    const { page } = ada;
    await page.getByRole('table', { name: 'Places' }).getByRole('link', { name: 'scratch' }).click();
    await row(/batch-reader/)
      .getByRole('link')
      .first()
      .click();
    await heading(ada, /batch-reader/).waitFor();
    await more('Merge with another');
    await choose(ada, /^Into/, 'batch-writer');
    await page
      .getByRole('dialog')
      .getByLabel(/^Reason/)
      .fill('One program under two names');
    await page.getByRole('dialog').getByRole('button', { name: 'Merge' }).click();
    await confirmWhereAsked(heading(ada, /batch-writer/));
    await page.goBack();
    await page.getByText('decide about that one').waitFor();
    await reasoned('Split off', 'They are two after all', 'It stands by itself again.');
    await button(ada, 'Adopt').click();
    await field(ada, 'An identity that is registered').check();
    await choose(ada, /^Identity/, 'svc_ledger');
    await page.getByRole('dialog').getByRole('button', { name: 'Adopt' }).click();
    await confirmWhereAsked(message('It is adopted.'));
    await page.getByRole('link', { name: 'svc_ledger' }).first().click();
    await heading(ada, 'svc_ledger').waitFor();
    await page
      .getByRole('region', { name: 'Called elsewhere' })
      .getByText(/batch-reader/)
      .waitFor();
  });

  it('is known by a name that somebody gave by hand, until they take it away', async () => {
    const { page } = ada;
    const elsewhere = page.getByRole('region', { name: 'Called elsewhere' });
    const arn = 'arn:aws:iam::029608264753:user/ledger';
    await button(ada, 'Add a name').click();
    await page.getByRole('dialog').getByLabel(/^Name/).fill(arn);
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    await confirmWhereAsked(message('It is known by that name.'));
    await elsewhere.getByRole('button', { name: /^Take away .*user\/ledger/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take away' }).click();
    await confirmWhereAsked(message('It is called so no more.'));
    await elsewhere.getByText(/user\/ledger/).waitFor({ state: 'detached' });
  });

  it('is looked for elsewhere, later, or not at all where its source is changed, paused or removed', async () => {
    const { page } = ada;
    await ada.goOn(scratched);
    await more('Change');
    await field(ada, /^Name/).fill('scratch of the desk');
    await button(ada, 'Change').click();
    await confirmWhereAsked(heading(ada, 'scratch of the desk'));
    await more('Pause');
    await message('Nobody looks there until it goes on.').waitFor();
    await page.getByText('Paused', { exact: true }).waitFor();
    await more('Go on');
    await message('It goes on.').waitFor();
    await rm(scratch, { recursive: true });
    await more('Check whether it lets Muster in');
    await page.getByRole('alert').getByText('It does not let Muster in.').waitFor();
    await more('Remove');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await confirmWhereAsked(heading(ada, 'Sources'));
    await page.getByRole('row', { name: /scratch/ }).waitFor({ state: 'detached' });
  });
});
