import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import type { Client } from 'pg';
import { withClient } from '../../src/platform/database/connection.js';
import type { SignedIn } from '../harness/index.js';
import { Muster } from '../harness/muster.js';
import { PASSWORD_BEFORE, RotatingServer } from '../rotation/server.js';
import { barriersAt, FREE_OF_BARRIERS } from './accessibility.js';
import { Browser, type Visit } from './browser.js';
import { buildConsole } from './build.js';
import { button, confirm, heading, message, moveIn, throughTheApi } from './newcomer.js';

/** A pair of roles on a real PostgreSQL rotates from the browser, and whoever is left behind is seen by name. */

const ROOMY = { RATE_LIMIT_ADDRESS_PER_MINUTE: '100000', RATE_LIMIT_REQUESTS_PER_MINUTE: '100000' };
/** For what the service does by itself, on a machine that is busy. */
const PATIENTLY = { timeout: 90_000 };

let muster: Muster;
let browser: Browser;
let server: RotatingServer;
let administrator: SignedIn;
/** Who runs rotations, and who agrees to what nobody does alone: each at a window of their own. */
let priya: Visit;
let ruth: Visit;
let identityId = '';
let targetId = '';
let accounts: readonly [string, string];
let rotationId = '';
/** The addresses of the run that finished, of the one that got stuck, and of the emergency. */
let finished = '';
let stuck = '';
let emergency = '';
let left: Client | undefined;

beforeAll(async () => {
  await buildConsole();
  [muster, server] = await Promise.all([Muster.start({ environment: ROOMY }), RotatingServer.start()]);
  browser = await Browser.launch(muster);
  administrator = await muster.signInAs();
}, 120_000);
afterAll(async () => {
  await left?.end().catch(() => undefined);
  await browser?.close();
  await muster?.stop();
  await server?.stop();
});

/** Where `STORIES_FOLDER` names a folder, what every story ended with, to look at. */
afterEach(async () => {
  const album = process.env.STORIES_FOLDER;
  if (album === undefined) return;
  const name = (expect.getState().currentTestName ?? '').replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80);
  for (const [who, visit] of Object.entries({ priya, ruth }))
    await visit?.page.screenshot({ path: path.join(album, `${name}-${who}.png`), fullPage: true });
});

/** Where no proof is asked for because one was just given, the page that follows; else that page after a proof. */
async function confirmWhereAsked(visit: Visit, then: { waitFor(): Promise<void> }): Promise<void> {
  const dialog = visit.page.getByRole('dialog', { name: 'Confirm that it is you' });
  const isOver = then.waitFor().then(() => 'over' as const);
  const isAsked = dialog.waitFor().then(
    () => 'asked' as const,
    () => 'over' as const,
  );
  if ((await Promise.race([isOver.catch(() => isAsked), isAsked])) === 'asked') await confirm(visit);
  await then.waitFor();
}

/** Makes the times so short that a test may wait for them. */
const hurry = (observeSeconds: number, deadlineSeconds: number) =>
  withClient(muster.database.superuserUrl, (client) =>
    client.query('UPDATE muster.rotations SET observe_seconds = $1, consumer_deadline_seconds = $2', [
      ...[observeSeconds, deadlineSeconds],
    ]),
  );

/** Resolves once the run, which is looked at anew as soon as somebody is forgotten, is stuck for them again. */
const stuckAgain = () =>
  withClient(muster.database.superuserUrl, async (client) => {
    while ((await client.query(`SELECT FROM muster.rotation_runs WHERE state = 'stuck'`)).rowCount === 0)
      await sleep(100);
  });

/** Ruth agrees to what was asked. */
async function agree(asked: RegExp, reason: string): Promise<void> {
  await ruth.page.goto('/approvals');
  await ruth.page.getByRole('link', { name: asked }).click();
  await ruth.page.getByLabel(/^Your reason/).fill(reason);
  await button(ruth, 'Approve').click();
  await confirm(ruth);
  await message(ruth, 'Approved.');
}

/** Starts a run in the window, and says where its page is. */
async function rotateNow(visit: Visit, reason: string): Promise<string> {
  await visit.goOn(`/rotation/${rotationId}`);
  await button(visit, 'Rotate now').click();
  const dialog = visit.page.getByRole('dialog', { name: /^Rotate now/ });
  await dialog.getByLabel(/^Reason/).fill(reason);
  await dialog.getByRole('button', { name: 'Rotate now' }).click();
  await confirmWhereAsked(visit, visit.page.getByRole('list', { name: 'Steps' }));
  return new URL(visit.page.url()).pathname;
}

describe('before anything rotates', () => {
  it('people, an identity and a pair of roles on a real PostgreSQL are there', async () => {
    const engineer = await moveIn(browser, administrator, 'Priya Raman', 'platform-engineer', 'administrator');
    const custodian = await moveIn(browser, administrator, 'Ruth Okonkwo', 'custodian');
    const backup = await muster.signInAs('custodian');
    [priya, ruth] = [engineer.visit, custodian.visit];
    const { visitor } = await throughTheApi(muster, priya);
    const team = await visitor.post<{ id: string }>('/v1/teams', {
      ...{ name: 'Settlement', managerId: backup.id, memberIds: [custodian.id, backup.id] },
    });
    ({ id: identityId } = await visitor.post<{ id: string }>('/v1/identities', {
      ...{ name: 'settlement-export', kind: 'service-account', environment: 'staging', teamId: team.id },
      ...{ purpose: 'Sends each night’s settlements', criticality: 'medium' },
      ...{ primaryCustodianId: custodian.id, backupCustodianId: backup.id },
    }));
    ({ id: targetId } = await administrator.visitor.post<{ id: string }>('/v1/targets', {
      ...{ name: 'orders-db', kind: 'postgresql', url: server.superuserUrl, ownerId: administrator.id },
      privateNetwork: { reason: 'It runs in this test.' },
    }));
    accounts = await server.pair();
    for (const account of accounts) await visitor.post(`/v1/targets/${targetId}/accounts`, { identityId, account });
    ({ id: rotationId } = await visitor.post<{ id: string }>('/v1/rotations', {
      ...{ name: 'orders-db of settlement', identityId, targetId, accounts, observeSeconds: 60 },
      schedule: { cron: '30 2 * * *', zone: 'UTC', windowMinutes: 120, jitterMinutes: 30, maximumAgeDays: 90 },
    }));
    await hurry(1, 3_600);
  }, 120_000);
});

describe('a pair of roles', () => {
  it('is found by keyboard, with when it rotates in words', async () => {
    const { page } = priya;
    await priya.goOn('/');
    await heading(priya, /Good day/).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await heading(priya, 'Rotation').waitFor();
    const row = page.getByRole('table', { name: 'What rotates' }).getByRole('row', { name: /orders-db of settlement/ });
    expect(await row.innerText()).toMatch(/Rests[\s\S]*settlement-export/);
    await page.keyboard.press('j');
    await page.locator('a:focus', { hasText: 'orders-db of settlement' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText(/^Every day at 02:30, by the clocks of UTC; within 2 hours of it/).waitFor();
    await page.getByRole('list', { name: 'Begins' }).getByText('its schedule').first().waitFor();
  });

  it('rotates from the browser, watched until it is finished', async () => {
    const { page } = priya;
    finished = await rotateNow(priya, 'It is time');
    await page.getByRole('progressbar', { name: 'Steps that are done' }).waitFor();
    await page.getByRole('main').getByText('Finished', { exact: true }).waitFor(PATIENTLY);
    await page.locator('[role="progressbar"][aria-valuenow="6"][aria-valuemax="6"]').waitFor();
    expect(await page.getByRole('list', { name: 'Steps' }).innerText()).toMatch(
      /Make the new one\s+Done[\s\S]*Prove that the old one is dead\s+Done/,
    );
    await page.getByText('Nobody is left on it: it may go.').waitFor();
    expect(await server.opens(accounts[0], PASSWORD_BEFORE)).toBe(false);
  }, 120_000);
});

describe('a client that stays on the old one', () => {
  it('is shown by name, and keeps the old one working', async () => {
    const { page } = priya;
    // As whoever still has the password of the account that is in use.
    await server.superuser.query(`ALTER ROLE ${accounts[1]} PASSWORD '${PASSWORD_BEFORE}'`);
    left = await server.signIn(accounts[1], PASSWORD_BEFORE, 'night-batch');
    await hurry(1, 1);
    stuck = await rotateNow(priya, 'Somebody may have seen it');
    await page
      .getByRole('note', { name: 'What to do' })
      .getByText(/Somebody still uses the old one/)
      .waitFor(PATIENTLY);
    await page.getByRole('main').getByText('Stuck', { exact: true }).first().waitFor(PATIENTLY);
    const row = page.getByRole('table', { name: 'Still seen on it' }).getByRole('row', { name: /night-batch/ });
    expect(await row.innerText()).toMatch(/127\.0\.0\.1[\s\S]*Connected/);
    expect((await left.query('SELECT 1')).rowCount).toBe(1);
  }, 120_000);

  it('is not hidden by two people’s word that it is gone', async () => {
    const { page } = priya;
    await button(priya, 'Forget night-batch at 127.0.0.1').click();
    const dialog = page.getByRole('dialog', { name: 'Forget: night-batch at 127.0.0.1' });
    await dialog.getByLabel(/^Reason/).fill('It was taken down');
    await dialog.getByRole('button', { name: 'Ask for consent' }).click();
    await message(priya, 'Somebody else is asked to agree.');
    await page.getByText(/to wait no more for night-batch at 127\.0\.0\.1/).waitFor();
    await agree(/^Wait no more for/, 'I saw it go');
    await page.reload();
    await page.getByText(/Ruth Okonkwo has agreed/).waitFor();
    await button(priya, 'Wait no more for night-batch at 127.0.0.1').click();
    expect(await confirm(priya)).toMatch(/Wait no more for “night-batch at 127\.0\.0\.1”.*It was taken down/);
    await message(priya, 'Nobody waits for night-batch at 127.0.0.1 any more.');
    await stuckAgain();
    await page.reload();
    await page.getByText('“It was taken down”').waitFor({ state: 'detached', ...PATIENTLY });
    await page.getByRole('main').getByText('Stuck', { exact: true }).first().waitFor(PATIENTLY);
    await button(priya, 'Forget night-batch at 127.0.0.1').waitFor();
    expect((await left!.query('SELECT 1')).rowCount).toBe(1);
  }, 120_000);

  it('is on the home page and in the queue of what is stuck, with what to do', async () => {
    const { page } = priya;
    await page.goto('/');
    await page
      .getByRole('region', { name: 'Rotations that are stuck' })
      .getByRole('link', { name: 'What to do' })
      .click();
    await heading(priya, 'Stuck rotations').waitFor();
    const card = page.getByRole('list', { name: 'Stuck' }).getByRole('listitem').first();
    await card.getByText(/muster rotation override rrn_/).waitFor();
    await card.getByRole('link').first().click();
    await page.getByRole('list', { name: 'Steps' }).waitFor();
  });

  it('is left behind only by the word of two people', async () => {
    const { page } = priya;
    await button(priya, 'Override').click();
    const dialog = page.getByRole('dialog', { name: /^Override/ });
    await dialog.getByLabel(/^Reason/).fill('The batch was switched off for good');
    await dialog.getByRole('button', { name: 'Ask for consent' }).click();
    await message(priya, 'Somebody else is asked to agree.');
    await page.getByRole('link', { name: 'for a second person’s consent' }).waitFor();
    await agree(/Withdraw the old credential.*The batch was switched off for good/, 'So it was; I asked the desk');
    await page.reload();
    await page.getByText(/Ruth Okonkwo has agreed/).waitFor();
    await button(priya, 'Withdraw the old one').click();
    expect(await confirm(priya)).toMatch(/Withdraw the old credential in the run.*The batch was switched off for good/);
    await page.getByRole('main').getByText('Finished', { exact: true }).waitFor(PATIENTLY);
    await page.getByText('“The batch was switched off for good”').waitFor();
    expect(await server.opens(accounts[1], PASSWORD_BEFORE)).toBe(false);
  }, 180_000);
});

describe('a schedule', () => {
  it('keeps out of the sessions of an exchange, which shade the calendar', async () => {
    const calendar = await administrator.visitor.post<{ id: string }>('/v1/calendars', {
      ...{ name: 'NYSE', source: { kind: 'exchange', exchange: 'nyse' } },
    });
    expect(calendar.id).toMatch(/^cal_/);
    const { page } = priya;
    await priya.goOn(`/rotation/${rotationId}`);
    await button(priya, 'Change').click();
    const dialog = page.getByRole('dialog', { name: /^Change/ });
    await dialog.getByLabel(/^When/).fill('0 15 * * mon-fri');
    await dialog.getByText(/^Every weekday at 15:00, by the clocks of UTC/).waitFor();
    await dialog.getByLabel(/^Never in the sessions of/).click();
    await page.getByRole('option', { name: 'NYSE' }).click();
    await page.keyboard.press('Tab');
    await dialog.getByLabel(/^The old one must be quiet for/).fill('1');
    await dialog.getByLabel(/^Stuck when somebody is missing for/).fill('1');
    await dialog.getByRole('button', { name: 'Change', exact: true }).click();
    await message(priya, 'orders-db of settlement is changed.');
    await priya.goOn('/rotation/plan');
    await page.getByRole('table', { name: 'The next thirty days' }).getByText(/NYSE/).first().waitFor();
    await page
      .getByRole('region', { name: 'Where schedules do not agree' })
      .getByRole('link', { name: 'orders-db of settlement' })
      .waitFor();
    await page.getByText('List', { exact: true }).click();
    await page
      .getByRole('list', { name: 'The next thirty days' })
      .getByText(/Nothing begins until/)
      .first()
      .waitFor();
  });
});

describe('an emergency', () => {
  it('says what it would rotate, then asks for a passkey over exactly that, and is followed', async () => {
    const { page } = priya;
    await priya.goOn(`/rotation/emergencies/new?identityId=${identityId}`);
    await button(priya, 'See what it touches').click();
    const row = page.getByRole('table', { name: 'What rotates' }).getByRole('row', { name: /orders-db of settlement/ });
    expect(await row.innerText()).toMatch(/named here/);
    await page.getByLabel(/^Reason/).fill('The laptop it was on is lost');
    await button(priya, 'Rotate it at once').click();
    expect(await confirm(priya)).toMatch(/The laptop it was on is lost/);
    await page
      .getByRole('table', { name: 'Runs of the emergency' })
      .getByRole('row', { name: /orders-db/ })
      .waitFor();
    emergency = new URL(page.url()).pathname;
    expect(emergency).toMatch(/^\/rotation\/emergencies\/rem_/);
  });
});

describe('what is set up in the browser', () => {
  it('is a calendar of one’s own, whose sessions are seen before it is stored, and changed', async () => {
    const { page } = priya;
    await priya.goOn('/rotation/freezes');
    await button(priya, 'Add a calendar').click();
    const adding = page.getByRole('dialog', { name: 'Add a calendar' });
    await adding.getByLabel(/^Name/).fill('Desk');
    await adding.getByLabel(/^What it is/).click();
    await page.getByRole('option', { name: /YAML/ }).click();
    await adding
      .getByLabel(/^What it says/)
      .fill('zone: Europe/Berlin\nsessions: [{ days: [mon], open: "9", close: "17:30" }]');
    await adding.getByText(/sessions\.0\.open must be a time of the day/).waitFor();
    await adding
      .getByLabel(/^What it says/)
      .fill('zone: Europe/Berlin\nsessions: [{ days: [mon], open: "09:00", close: "17:30" }]');
    await adding.getByRole('list', { name: 'Next sessions' }).getByRole('listitem').first().waitFor();
    await adding.getByRole('button', { name: 'Add it' }).click();
    await confirmWhereAsked(priya, page.getByRole('article', { name: 'Desk' }));
    await page.getByRole('article', { name: 'Desk' }).getByRole('button', { name: 'Change' }).click();
    const changing = page.getByRole('dialog', { name: 'Change: Desk' });
    await changing.getByLabel(/^Begins earlier by/).fill('30');
    await changing.getByRole('button', { name: 'Change it' }).click();
    await page.getByRole('article', { name: 'Desk' }).getByText('30 minutes before').waitFor();
  });

  it('is a rotation, whose next dates are seen before it is stored, and where it is delivered', async () => {
    const { page } = priya;
    const { visitor } = await throughTheApi(muster, priya);
    const pair = await server.pair();
    for (const account of pair) await visitor.post(`/v1/targets/${targetId}/accounts`, { identityId, account });
    await priya.goOn(`/rotation/new?identityId=${identityId}`);
    await page.getByLabel(/^Name/).fill('settlement, by night');
    const choosing = (name: RegExp) => page.getByRole('combobox', { name });
    await choosing(/^Target/).click();
    await page.getByRole('option', { name: 'orders-db' }).click();
    for (const [index, label] of [/^Account in use/, /^Takes turns with/].entries()) {
      await choosing(label).click();
      await page.getByRole('option', { name: pair[index]!, exact: true }).click();
    }
    const when = page.getByRole('textbox', { name: 'When', exact: true });
    await when.fill('61 3 * * sun');
    await page.getByText(/"61" is no minute/).waitFor();
    await when.fill('0 3 * * sun');
    await page.getByLabel(/^By the clocks of/).fill('UTC');
    await choosing(/^Never in the sessions of/).click();
    await page.getByRole('option', { name: 'Desk' }).click();
    await page.keyboard.press('Tab');
    const first = page.getByRole('list', { name: 'Begins next' }).getByRole('listitem').first();
    expect(await first.innerText()).toMatch(/03:00/);
    await button(priya, 'Set it up').click();
    await heading(priya, 'settlement, by night').waitFor();
    await button(priya, 'Deliver it somewhere').click();
    const dialog = page.getByRole('dialog', { name: /^Deliver/ });
    await dialog.getByLabel(/^Address/).fill('http://127.0.0.1:9');
    await dialog.getByLabel(/^Path/).fill('orders/database');
    await dialog.getByLabel(/^Token/).fill('s.a-token-of-a-test');
    await dialog.getByLabel(/^It is on a private network/).check();
    await dialog.getByLabel(/^Why Muster may reach it/).fill('It runs in this test');
    await dialog.getByRole('button', { name: 'Deliver there' }).click();
    const place = page.getByRole('article', { name: '127.0.0.1:9 secret/orders/database' });
    await place.getByText('Nothing yet').waitFor();
    expect(await page.content()).not.toContain('s.a-token-of-a-test');
  });
});

describe('every page of rotation', () => {
  const PAGES: readonly (readonly [string, (() => string)?])[] = [
    ...['/', '/rotation', '/rotation?pair=none', '/rotation/plan', '/rotation/plan?view=list', '/rotation/stuck'],
    ...['/rotation/runs', '/rotation/emergencies', '/rotation/emergencies/new', '/rotation/freezes', '/rotation/new'],
  ].map((address) => [address]);
  const OF_ONE = [
    ['a rotation', () => `/rotation/${rotationId}`],
    ['a run', () => finished],
    ['a run that was overridden', () => stuck],
    ['its identity', () => `/identities/${identityId}`],
    ['an emergency of it', () => emergency],
  ] as const;

  it.each([...PAGES, ...OF_ONE])(
    'is free of barriers in light and dark, and fits 380 pixels: %s (WCAG 2.2 AA)',
    async (name, address = () => name) => {
      expect(await barriersAt(priya, address())).toEqual(FREE_OF_BARRIERS);
    },
  );

  it('has broken no rule of its content security policy, and met no error', () => {
    expect([priya, ruth].flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
