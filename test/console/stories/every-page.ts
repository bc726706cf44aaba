import { describe, expect, it } from '@jest/globals';
import { barriersAt, darkViolationsOf, FREE_OF_BARRIERS, violationsOf } from '../accessibility.js';
import { gzippedBytes } from '../build.js';
import { button } from '../newcomer.js';
import { ada, browser, ines, made } from './stage.js';

/** What holds of every page. */

describe('every page', () => {
  const PAGES: readonly (readonly [string, () => string])[] = [
    ...['/', '/identities', '/register', '/ledger', '/approvals', '/audit', '/audit/3', '/people', '/teams', '/me'],
    ...['/device', '/authorize', '/break-glass', '/nowhere'],
    ...['/findings', '/findings/ghosts', '/findings/posture', '/findings/trends', '/sources', '/sources/new?kind=git'],
  ].map((address) => [address, () => address] as const);

  const MADE: readonly (readonly [string, () => string])[] = [
    ['an identity', () => made.identity],
    ['an approval', () => made.approval],
    ['a finding', () => made.finding],
    ['a source', () => made.source],
  ];

  it.each([...PAGES, ...MADE])(
    'is free of barriers in light and dark, and fits 380 pixels: %s (WCAG 2.2 AA)',
    async (_name, address) => {
      expect(await barriersAt(ada, address())).toEqual(FREE_OF_BARRIERS);
    },
  );

  /**
   * Good practice for what stands in a page, none for what opens over it: a list or menu at the end of the document belongs
   * to the button that opened it, and of two dialogs the lower one is out of reach.
   */
  const OVER_A_PAGE = ['region', 'landmark-no-duplicate-banner', 'landmark-unique'];
  const over = () => ada.page.locator(':is([role="dialog"], [role="menu"], [role="listbox"]):visible');
  const inDialog = async () => ada.page.getByRole('dialog').first().waitFor();
  const OPENED: readonly (readonly [what: string, address: () => string, open: () => Promise<void>])[] = [
    ['the palette', () => '/', () => ada.page.keyboard.press('Control+k').then(inDialog)],
    ['the keys there are', () => '/', () => ada.page.keyboard.press('?').then(inDialog)],
    [
      'one’s own menu',
      () => '/',
      async () => {
        await button(ada, /Ada Marsh/).click();
        await ada.page.getByRole('menu').waitFor();
      },
    ],
    [
      'an invitation, and whom it offers as manager',
      () => '/people',
      async () => {
        await button(ada, 'Invite').click();
        await ada.page
          .getByRole('textbox', { name: 'Manager' })
          .or(ada.page.getByRole('combobox', { name: 'Manager' }))
          .first()
          .click();
        await ada.page.getByRole('option', { name: /Tomasz/ }).waitFor();
      },
    ],
    [
      'somebody’s menu',
      () => '/people',
      async () => {
        await ada.page.getByRole('button', { name: 'Actions for Tomasz Wolański' }).click();
        await ada.page.getByRole('menu').waitFor();
      },
    ],
    ['a new team', () => '/teams', () => button(ada, 'New team').first().click().then(inDialog)],
    ['a hand-over', () => made.identity, () => button(ada, 'Hand over').click().then(inDialog)],
    ['the last question before a resumption', () => made.identity, () => button(ada, 'Resume').click().then(inDialog)],
    ['a delegation', () => '/me', () => button(ada, 'Name somebody').click().then(inDialog)],
    ['a view to be saved', () => '/identities?kind=bot', () => button(ada, 'Save view').click().then(inDialog)],
    [
      'the question who one is',
      () => '/people',
      async () => {
        await ada.page.getByRole('button', { name: 'Actions for Tomasz Wolański' }).click();
        await ada.page.getByRole('menuitem', { name: 'Has left the firm' }).click();
        await ada.page.getByRole('dialog').getByRole('button', { name: 'They have left' }).click();
        await ada.page.getByRole('button', { name: 'Confirm with a passkey' }).waitFor();
      },
    ],
  ];

  it.each(OPENED)('is free of barriers in light and dark: %s, open over it', async (_what, address, open) => {
    await ada.goOn(address());
    await open();
    expect(await violationsOf(ada.page, OVER_A_PAGE)).toEqual([]);
    expect(await darkViolationsOf(ada.page)).toEqual([]);
    while ((await over().count()) > 0) await ada.page.keyboard.press('Escape');
  });

  it('is free of barriers before one is in', async () => {
    const stranger = await browser.visit();
    await stranger.page.goto('/sign-in');
    for (const address of ['/sign-in', '/setup', '/invitation'])
      expect({ address, ...(await barriersAt(stranger, address)) }).toEqual({ address, ...FREE_OF_BARRIERS });
    expect(stranger.complaints).toEqual([]);
    await stranger.close();
  });

  it('has broken no rule of its content security policy, and met no error', () => {
    expect([...ada.complaints, ...ines.complaints]).toEqual([]);
  });
});

describe('the first view', () => {
  it.each(['/', '/sign-in'])('of %s loads less than 200 kB of compressed script', async (address) => {
    const fresh = await browser.visit();
    if (address === '/') await fresh.context.addCookies(await ada.context.cookies());
    const scripts = new Set<string>();
    fresh.page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.endsWith('.js')) scripts.add(pathname);
    });
    await fresh.page.goto(address, { waitUntil: 'networkidle' });
    await fresh.page.locator('h1').waitFor();
    const bytes = await gzippedBytes([...scripts]);
    console.log(`${address}: ${scripts.size} scripts, ${bytes} bytes in gzip`);
    expect(scripts.size).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(200_000);
    await fresh.close();
  });
});
