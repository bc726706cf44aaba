import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { withClient } from '../../src/platform/database/connection.js';
import type { SignedIn } from '../harness/index.js';
import { Muster } from '../harness/muster.js';
import { csrFor, newKey } from '../issuance/caller.js';
import { TargetServer } from '../targets/server.js';
import { barriersAt, darkViolationsOf, FREE_OF_BARRIERS, violationsOf } from './accessibility.js';
import { Browser, type Visit } from './browser.js';
import { buildConsole } from './build.js';
import { button, confirm, heading, message, moveIn, throughTheApi } from './newcomer.js';
import { furnishForReview, grant, type Reviewed, type Reviewers, startCampaign } from './review-estate.js';

/** A campaign from the custodian's keyboard to management's passkey, in a real browser and on a real PostgreSQL. */

const FORTY = 40;
const ENVIRONMENT = 'production';
const ROOMY = { RATE_LIMIT_ADDRESS_PER_MINUTE: '100000', RATE_LIMIT_REQUESTS_PER_MINUTE: '100000' };
const PASSWORD = 'of-the-role';
/** A system that nobody can look into. */
const LEDGER = 'ledger.internal.example';

let muster: Muster;
let browser: Browser;
let server: TargetServer;
let administrator: SignedIn;
/** The custodian, the backup, whoever runs the campaign, and management: each at a window of their own. */
let ines: Visit;
let tomasz: Visit;
let olga: Visit;
let ruth: Visit;
let reviewed: readonly Reviewed[];
let campaign = '';
let people: Reviewers;
/** The address of what was revoked. */
let item = '';
/** The real role whose table is to be closed to it, and the one that is to be shut. */
let reader = '';
let leaver = '';

beforeAll(async () => {
  await buildConsole();
  [muster, server] = await Promise.all([Muster.start({ environment: ROOMY }), TargetServer.start()]);
  browser = await Browser.launch(muster);
  administrator = await muster.signInAs();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await muster?.stop();
  await server?.stop();
});

/** Where `STORIES_FOLDER` names a folder, what every story ended with, to look at. */
afterEach(async () => {
  const album = process.env.STORIES_FOLDER;
  if (album === undefined) return;
  const name = (expect.getState().currentTestName ?? '').replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80);
  for (const [who, visit] of Object.entries({ ines, tomasz, olga, ruth }))
    await visit?.page.screenshot({ path: path.join(album, `${name}-${who}.png`), fullPage: true });
});

describe('before a campaign', () => {
  it('people, identities and a real PostgreSQL are there', async () => {
    const made = [
      await moveIn(browser, administrator, 'Ines Calvert', 'custodian'),
      await moveIn(browser, administrator, 'Tomasz Wolanski', 'custodian'),
      await moveIn(browser, administrator, 'Olga Brandt', 'analyst'),
      await moveIn(browser, administrator, 'Ruth Okonkwo', 'custodian'),
    ];
    [ines, tomasz, olga, ruth] = made.map(({ visit }) => visit) as [Visit, Visit, Visit, Visit];
    const [custodianId, backupId, ownerId, managementId] = made.map(({ id }) => id) as [string, string, string, string];
    const engineer = await muster.signInAs('platform-engineer');
    const verifier = await throughTheApi(muster, tomasz);
    people = { administrator, engineer, verifier, custodianId, backupId, ownerId, managementId };
    reviewed = await furnishForReview(muster, people, ENVIRONMENT, FORTY);
    await furnishTarget();
    campaign = await startCampaign(people, ENVIRONMENT, 'Fourth quarter');
    expect(reviewed).toHaveLength(FORTY);
  }, 180_000);

  /** Two of the identities have accounts on a real server: one may read a table there, the other is to leave it. */
  async function furnishTarget(): Promise<void> {
    const agent = await server.role('agent', `LOGIN SUPERUSER PASSWORD '${PASSWORD}'`);
    reader = await server.role('reader', `LOGIN PASSWORD '${PASSWORD}'`);
    leaver = await server.role('leaver', `LOGIN PASSWORD '${PASSWORD}'`);
    await server.superuser.query(`CREATE TABLE orders (id int); GRANT SELECT, INSERT ON orders TO ${reader}`);
    const target = await administrator.visitor.post<{ id: string }>('/v1/targets', {
      ...{ name: 'orders-db', kind: 'postgresql', url: server.url(agent, PASSWORD), ownerId: administrator.id },
      privateNetwork: { reason: 'It runs in this test.' },
    });
    const account = (identityId: string, name: string) =>
      people.engineer.visitor.post(`/v1/targets/${target.id}/accounts`, { identityId, account: name });
    await account(reviewed[1]!.id, reader);
    await account(reviewed[2]!.id, leaver);
    await grant(people, reviewed[1]!.id, 'orders-db', 'SELECT ON orders', 'Reads what was ordered');
    await grant(people, reviewed[2]!.id, LEDGER, 'journal:write', 'Books what was settled');
    await ageNewest();
  }

  /** The grant on the real server was never used either. */
  async function ageNewest(): Promise<void> {
    await withClient(muster.database.superuserUrl, (client) =>
      client.query(`UPDATE muster.grants SET added_at = now() - interval '200 days' WHERE target = 'orders-db'`),
    );
  }
});

describe('a custodian', () => {
  const name = () => ines.page.locator('article h2').innerText();
  const press = (key: string) => ines.page.keyboard.press(key);
  /** The evidence of what is shown has come, so that it can be decided about. */
  const shown = (which: string) =>
    ines.page
      .getByRole('region', { name: 'Your decision' })
      .and(ines.page.locator(`[data-item="${which}"]`))
      .waitFor();

  const decidedSoFar = (count: number) =>
    ines.page.locator(`[role="progressbar"][aria-valuenow="${count}"]`).waitFor({ state: 'attached' });

  /** Takes back what was decided, and goes nowhere before the service knows: whoever left would take their word along. */
  async function takeBack(): Promise<void> {
    const known = ines.page.waitForResponse((response) => response.request().method() === 'DELETE');
    await press('u');
    await decidedSoFar(0);
    await known;
  }

  it('finds on the home page what is due, and goes to it by keyboard', async () => {
    await ines.page.goto('/');
    const row = ines.page.getByRole('listitem').filter({ hasText: 'Fourth quarter' });
    await row.getByText('0 of 40 decided').waitFor();
    await press('g');
    await press('r');
    await heading(ines, 'Reviews').waitFor();
    await shown(await name());
  });

  it('sees the evidence, what would happen, and what stands out', async () => {
    const { page } = ines;
    await ines.goOn(`/reviews?q=${reviewed[1]!.name}`);
    await shown(reviewed[1]!.name);
    await page.getByText('It is reviewed for the first time.').waitFor();
    const panel = page.getByRole('region', { name: 'Your decision' });
    expect(await panel.innerText()).toMatch(/loses SELECT ON orders on orders-db/);
    expect(await page.locator('article').innerText()).toMatch(/SELECT ON orders on orders-db[\s\S]*Never seen/);
    await press('?');
    await page.getByRole('dialog', { name: 'Shortcuts' }).getByText('Reduce: take grants away').waitFor();
    await press('Escape');
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor({ state: 'detached' });
  });

  it('keeps several at once in the table only where the evidence was read, and the others say why not', async () => {
    const { page } = ines;
    await page.goto('/reviews');
    await shown(await name());
    const read = await name();
    const unread = reviewed.find((each) => each.name !== read && each !== reviewed[1])!.name;
    await press('t');
    await page.getByRole('checkbox', { name: `${unread} cannot be chosen: Open it first`, exact: false }).waitFor();
    const box = page.getByRole('checkbox', { name: `Choose ${reviewed[1]!.name}` });
    await box.check();
    await button(ines, 'Keep the chosen one').click();
    await message(ines, 'One is kept.');
    const row = page.getByRole('row', { name: reviewed[1]!.name });
    await row.getByText('Kept, not signed').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
    await row.getByRole('link').click();
    await shown(reviewed[1]!.name);
    expect(await violationsOf(page)).toEqual([]);
    expect(await darkViolationsOf(page)).toEqual([]);
    await takeBack();
  });

  it.each<readonly [string, () => Promise<unknown>]>([
    ['by its key', () => press('3')],
    [
      'in the table',
      async () => {
        await press('t');
        await ines.page.getByRole('checkbox', { name: `Choose ${reviewed[2]!.name}` }).check();
        await button(ines, 'Keep the chosen one').click();
      },
    ],
  ])('has what was decided last %s, however slow what was taken back before is on its way', async (_how, decide) => {
    const { page } = ines;
    const decision = '**/v1/review-items/*/decision';
    await ines.goOn(`/reviews?q=${reviewed[2]!.name}`);
    await shown(reviewed[2]!.name);
    await page.route(decision, async (route) => {
      if (route.request().method() === 'DELETE') await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue();
    });
    let answered = 0;
    const noted = page.waitForEvent(
      'response',
      (response) => /\/(decision|keeps)$/.test(response.url()) && ++answered === 3,
    );
    await press('3');
    await decidedSoFar(1);
    await press('u');
    await decidedSoFar(0);
    await decide();
    await noted;
    await page.unroute(decision);
    await page.goto(`/reviews?q=${reviewed[2]!.name}`);
    await shown(reviewed[2]!.name);
    await decidedSoFar(1);
    await takeBack();
  });

  it('reviews forty identities by keyboard alone, and takes a decision back on the way', async () => {
    const { page } = ines;
    await page.goto('/reviews');
    await shown(await name());
    const begun = Date.now();
    let undone = false;
    for (let count = 0; count < FORTY; count++) {
      const which = await name();
      await shown(which);
      const item = reviewed.find((each) => each.name === which)!;
      if (item === reviewed[1]) {
        await press('2');
        await page.locator('input[type="checkbox"]:focus').waitFor();
        expect(await page.getByRole('checkbox', { name: /SELECT ON orders/ }).isChecked()).toBe(true);
        await press('Enter');
      } else if (item === reviewed[2]) await press('3');
      else if (item === reviewed[3 + 1]) {
        await press('5');
        await page.keyboard.type('Tomasz');
        await page.getByRole('option', { name: /Tomasz Wolanski/ }).waitFor();
        await press('ArrowDown');
        await press('Enter');
        await press('Enter');
      } else {
        await press('1');
        if (item.privileged) {
          await page.locator('textarea:focus').waitFor();
          await page.keyboard.type('The desk cannot trade without it');
          await press('Enter');
        }
      }
      await decidedSoFar(count + 1);
      if (!undone && !item.privileged && item !== reviewed[1] && item !== reviewed[2] && item !== reviewed[4]) {
        undone = true;
        await press('u');
        await decidedSoFar(count);
        expect(await name()).toBe(which);
        await shown(which);
        await press('1');
        await decidedSoFar(count + 1);
      }
    }
    await page.getByText('Everything is decided.').waitFor();
    console.log(`forty identities reviewed by keyboard in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    expect(undone).toBe(true);
  });

  it('reads the whole of it by name, and signs exactly that with a passkey', async () => {
    const { page } = ines;
    await press('s');
    await heading(ines, 'Sign your decisions').waitFor();
    const summary = page.locator('main');
    await summary.getByText(`${reviewed[1]!.name} loses SELECT ON orders on orders-db.`).waitFor();
    expect(await summary.innerText()).toMatch(
      new RegExp(`Kept\\s+37[\\s\\S]*Revoke 1[\\s\\S]*${reviewed[2]!.name}[\\s\\S]*Reduce 1[\\s\\S]*Delegate 1`),
    );
    expect(await violationsOf(page)).toEqual([]);
    await page.locator('button:focus', { hasText: 'Sign 40 decisions' }).waitFor();
    await press('Enter');
    expect(await confirm(ines)).toMatch(/^Sign what you decided in the review “Fourth quarter”.*\(40 in all\)/);
    await heading(ines, 'Done. Thank you.').waitFor();
    await page.getByText('37 kept, 2 lose something, 1 went to somebody else.').waitFor();
  });

  it('watches what was taken away go, on the real server', async () => {
    const { page } = ines;
    const outcomes = page.getByRole('region', { name: 'What becomes of it' });
    await outcomes.getByRole('listitem').filter({ hasText: 'SELECT ON orders' }).getByText('Verified').waitFor({
      timeout: 60_000,
    });
    const may = (privilege: string) =>
      server.superuser.query<{ may: boolean }>('SELECT has_table_privilege($1, $2, $3) AS may', [
        ...[reader, 'orders', privilege],
      ]);
    expect([(await may('SELECT')).rows[0]!.may, (await may('INSERT')).rows[0]!.may]).toEqual([false, true]);
    await outcomes
      .getByRole('listitem')
      .filter({ hasText: 'orders-db' })
      .filter({ hasText: reviewed[2]!.name })
      .getByText('Verified')
      .waitFor({ timeout: 60_000 });
    const { rows } = await server.superuser.query<{ can: boolean }>(
      'SELECT rolcanlogin AS can FROM pg_roles WHERE rolname = $1',
      [leaver],
    );
    expect(rows[0]!.can).toBe(false);
    await outcomes.getByText('To attest').first().waitFor();
    await ines.goOn(`/identities/${reviewed[2]!.id}`);
    await page.getByText('Revoked', { exact: true }).waitFor();
    item = (await page.getByRole('region', { name: 'Its review' }).getByRole('link').first().getAttribute('href'))!;
    await page.getByText('No credential is issued to it.').waitFor();
  });
});

describe('what was handed on', () => {
  it('waits for whoever it went to, who decides and signs it', async () => {
    const { page } = tomasz;
    await page.goto('/reviews');
    await page.locator('article h2', { hasText: reviewed[4]!.name }).waitFor();
    await page.getByRole('region', { name: 'Your decision' }).waitFor();
    await page.keyboard.press('3');
    await page.getByText('Everything is decided.').waitFor();
    await page.keyboard.press('s');
    await page.locator('button:focus', { hasText: 'Sign 1 decision' }).waitFor();
    await page.keyboard.press('Enter');
    await confirm(tomasz);
    await heading(tomasz, 'Done. Thank you.').waitFor();
  });
});

describe('a campaign', () => {
  const open = async (visit: Visit, tab = '') => {
    await visit.page.goto(`/campaigns/${campaign}${tab}`);
    await heading(visit, 'Fourth quarter').waitFor();
  };

  it('that does not tie out says why, with the way to each cause, and refuses to close', async () => {
    await open(olga);
    const why = olga.page.getByRole('region', { name: 'Why it does not tie out yet' });
    await why.getByText(/keeps wait for their second look/).waitFor();
    await why.getByText(/effects? waits? for/).waitFor();
    await button(olga, 'Close').click();
    await confirm(olga);
    const alert = olga.page.getByRole('alert');
    await alert.getByText('does_not_tie_out').waitFor();
    expect(await alert.innerText()).toMatch(/keeps wait for their second look/);
    await why.getByRole('listitem').filter({ hasText: 'second look' }).getByRole('link', { name: 'Show them' }).click();
    await olga.page.getByRole('tab', { selected: true, name: 'Second looks' }).waitFor();
    await olga.page.getByRole('table', { name: 'Second looks' }).getByText('Open').first().waitFor();
  });

  it('is attested by whoever verified the grant, where nobody can look', async () => {
    const { page } = tomasz;
    await page.goto('/');
    await page.getByText(/second looks at what others kept/).waitFor();
    await page.getByRole('link', { name: /^Your word that/ }).click();
    await heading(tomasz, 'Reviews').waitFor();
    await page.getByRole('tab', { name: /^To attest \(\d+\)$/ }).waitFor();
    const cards = page.getByRole('article');
    for (let left = await cards.count(); left > 0; left--) {
      await cards.first().getByRole('button', { name: 'Attest that it is done' }).click();
      const dialog = page.getByRole('dialog', { name: 'Attest that it is done' });
      await dialog.getByLabel(/^What was done/).fill('Taken out of its group; looked at its list of members');
      await dialog.getByLabel(/^Where that can be looked up/).fill('CHG-20417');
      await dialog.getByRole('button', { name: 'Attest', exact: true }).click();
      expect(await confirm(tomasz)).toMatch(/^Attest that/);
      await page.getByRole('tab', { name: left > 1 ? `To attest (${left - 1})` : 'To attest', exact: true }).waitFor();
    }
    await page.getByText('Nothing waits for your word.').waitFor();
  });

  it('has keeps looked at again by somebody else', async () => {
    const { page } = tomasz;
    await tomasz.goOn('/reviews?tab=looks');
    await page.getByRole('tab', { name: /^Second looks \(\d+\)$/ }).waitFor();
    const rows = page.getByRole('table', { name: 'Second looks' }).getByRole('link');
    for (let left = await rows.count(); left > 0; left--) {
      await rows.first().click();
      await button(tomasz, 'Agree').click();
      await page.getByText('would have kept it too').waitFor({ timeout: 60_000 });
      await tomasz.goOn('/reviews?tab=looks');
      await page
        .getByRole('tab', { name: left > 1 ? `Second looks (${left - 1})` : 'Second looks', exact: true })
        .waitFor();
    }
    await page.getByText('No second look waits for you.').waitFor();
  });

  it('that ties out is acknowledged by management, by passkey over exactly these numbers', async () => {
    await open(ruth);
    await ruth.page.getByText('It ties out.').waitFor();
    await button(ruth, 'Acknowledge').click();
    expect(await confirm(ruth)).toMatch(/^Acknowledge the review/);
    await message(ruth, 'It is acknowledged, exactly as it stands.');
    expect(await button(ruth, 'Close').count()).toBe(0);
  });

  it('is then closed by whoever runs it', async () => {
    await open(olga);
    await olga.page.getByText(/Ruth Okonkwo has acknowledged it/).waitFor();
    await button(olga, 'Close').click();
    await confirm(olga);
    await message(olga, 'The campaign is closed.');
    await olga.page.getByText('It is closed').waitFor();
    expect(await olga.page.locator('main').innerText()).toMatch(
      /40\s+Population[\s\S]*37\s+kept[\s\S]*1\s+reduced[\s\S]*2\s+revoked/,
    );
  });

  it('is taken out of the house as a report that people read', async () => {
    await open(olga);
    await button(olga, 'Export').click();
    const saved = olga.page.waitForEvent('download');
    await olga.page.getByRole('menuitem', { name: /^PDF/ }).click();
    await confirm(olga);
    const file = await saved;
    expect(file.suggestedFilename()).toBe('fourth-quarter.pdf');
    expect((await readFile(await file.path())).subarray(0, 5).toString('latin1')).toBe('%PDF-');
  });

  it('tells whoever runs it how the decisions came about', async () => {
    await open(olga, '?tab=quality');
    const table = olga.page.getByRole('table', { name: 'Quality by custodian' });
    await table.getByRole('row', { name: /Ines Calvert/ }).waitFor();
  });
});

describe('an overdue review', () => {
  let late: Reviewed;

  beforeAll(async () => {
    [late] = (await furnishForReview(muster, people, 'staging', 1)) as [Reviewed];
    expect(await certificate()).toBe(3600);
    await startCampaign(people, 'staging', 'Staging, fourth quarter');
    expect(await certificate()).toBe(3600);
  }, 60_000);

  /** Fetches one by a join token, as a workload does: how many seconds it lives, or why there is none. */
  async function certificate(): Promise<number | { readonly code: string; readonly detail: string }> {
    const { token } = await people.engineer.visitor.post<{ token: string }>(`/v1/identities/${late.id}/join-tokens`);
    const { body } = await muster
      .visitor()
      .call<{ expiresAt?: string; code: string; detail: string }>('POST', '/v1/certificates', {
        attestation: { kind: 'join-token', token },
        csr: csrFor(newKey()),
      });
    return body.expiresAt === undefined ? body : Math.round((Date.parse(body.expiresAt) - Date.now()) / 60_000) * 60;
  }

  /** As if it had been due so long ago. */
  const overdueBy = (days: number) =>
    withClient(muster.database.superuserUrl, (client) =>
      client.query('UPDATE muster.obligations SET due_at = now() - make_interval(days => $2) WHERE identity_id = $1', [
        ...[late.id, days],
      ]),
    );

  it('shortens a real certificate, and the identity’s page says by what', async () => {
    await overdueBy(1);
    expect(await certificate()).toBe(900);
    await ines.page.goto(`/identities/${late.id}`);
    await heading(ines, late.name).waitFor();
    await ines.page
      .locator('main')
      .getByText(/review is overdue/i)
      .first()
      .waitFor();
  });

  it('then stops it, and is ended in the browser', async () => {
    await overdueBy(8);
    expect(await certificate()).toMatchObject({
      code: 'review_overdue',
      detail: expect.stringMatching(/complete its access review rvi_[0-9a-f]{32}/),
    });
    await ines.page.goto(`/reviews?q=${late.name}`);
    const panel = ines.page.getByRole('region', { name: 'Your decision' });
    await panel.waitFor();
    await ines.page.keyboard.press('1');
    await ines.page.getByText('Everything is decided.').waitFor();
    await ines.page.keyboard.press('s');
    await button(ines, /^Sign 1 decision/).click();
    await confirm(ines);
    await heading(ines, 'Done. Thank you.').waitFor();
    expect(await certificate()).toBe(3600);
  });
});

describe('every page of reviews', () => {
  const PAGES: readonly (readonly [string, (() => string)?])[] = [
    ...['/', '/reviews', '/reviews?tab=looks', '/reviews?tab=attestations', '/campaigns?list=all', '/campaigns/new'],
    ...['/reviews/calendar', '/reviews/calendar?view=list', '/reviews/schedules', '/reviews/risk-analyses', '/targets'],
  ].map((address) => [address]);
  const OF_A_CAMPAIGN = ['', '?tab=items', '?tab=effects', '?tab=exceptions', '?tab=looks', '?tab=quality'].map(
    (tab) => [`a campaign${tab}`, () => `/campaigns/${campaign}${tab}`] as const,
  );

  it.each([...PAGES, ...OF_A_CAMPAIGN, ['a review', () => item] as const])(
    'is free of barriers in light and dark, and fits 380 pixels: %s (WCAG 2.2 AA)',
    async (name, address = () => name) => {
      expect(await barriersAt(olga, address())).toEqual(FREE_OF_BARRIERS);
    },
  );

  it('has broken no rule of its content security policy, and met no error', () => {
    expect([ines, tomasz, olga, ruth].flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
