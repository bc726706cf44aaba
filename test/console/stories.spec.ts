import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TOTP } from 'otpauth';
import { Muster } from '../harness/muster.js';
import { OpenIdProvider, SSO_CLIENT } from '../harness/openid-provider.js';
import { freePort } from '../harness/ports.js';
import { darkViolationsOf, violationsOf } from './accessibility.js';
import { Browser, type Visit } from './browser.js';
import { buildConsole, gzippedBytes } from './build.js';
import { PlantedRepository } from './discovery-estate.js';

let provider: OpenIdProvider;
let folder: string;
let planted: PlantedRepository;
let muster: Muster;
let browser: Browser;
/** The first administrator, and whoever they invite, each at a window of their own for the whole of the file. */
let ada: Visit;
let ines: Visit;
/** Addresses of what the stories have made. */
let identity = '';
let approval = '';
let source = '';
let finding = '';

beforeAll(async () => {
  await buildConsole();
  folder = await mkdtemp(path.join(tmpdir(), 'muster-stories-'));
  planted = PlantedRepository.create();
  const environment = { ...ROOMY, ...(await withProvider()), SOURCE_FOLDERS: planted.folder };
  muster = await Muster.start({ environment });
  browser = await Browser.launch(muster, { port: Number(new URL(provider.issuer).port), root: provider.caPem });
  [ada, ines] = [await browser.visit(), await browser.visit()];
  // Whoever breaks the glass proves with a key that cannot be copied.
  await ada.plugIn('device-bound');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await muster?.stop();
  await provider?.stop();
  planted?.remove();
  if (folder) await rm(folder, { recursive: true });
});

/** Starts the firm's provider, and says how the service finds it; its address must be known before it runs. */
async function withProvider(): Promise<Record<string, string>> {
  const port = String(await freePort());
  const url = `https://localhost:${port}`;
  provider = await OpenIdProvider.start(`${url}/v1/sign-in/sso/callback`);
  const authority = path.join(folder, 'provider.pem');
  await writeFile(authority, provider.caPem);
  return {
    LISTEN_PORT: port,
    PUBLIC_URL: url,
    SSO_ISSUER: provider.issuer,
    SSO_CLIENT_ID: SSO_CLIENT.id,
    SSO_CLIENT_SECRET: SSO_CLIENT.secret,
    SSO_NAME: 'the firm',
    SSO_ALLOW_PRIVATE: 'true',
    SSO_CA_FILE: authority,
  };
}

/** Where `STORIES_FOLDER` names a folder, what every story ended with, to look at. */
afterEach(async () => {
  const album = process.env.STORIES_FOLDER;
  if (album === undefined) return;
  const name = (expect.getState().currentTestName ?? '').replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 100);
  await ada.page.screenshot({ path: path.join(album, `${name}-ada.png`), fullPage: true });
  await ines.page.screenshot({ path: path.join(album, `${name}-ines.png`), fullPage: true });
});

/** All of them come from one address. */
const ROOMY = { RATE_LIMIT_ADDRESS_PER_MINUTE: '100000', RATE_LIMIT_REQUESTS_PER_MINUTE: '100000' };

const button = ({ page }: Visit, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const field = ({ page }: Visit, name: string | RegExp) => page.getByLabel(name);
const heading = ({ page }: Visit, name: string | RegExp) => page.getByRole('heading', { level: 1, name });

/** Enrols the passkey that a newcomer is asked for, and puts the recovery codes away. */
async function moveIn(visit: Visit): Promise<string[]> {
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
async function confirm(visit: Visit): Promise<string> {
  const dialog = visit.page.getByRole('dialog', { name: 'Confirm that it is you' });
  const words = await dialog.locator('p').first().innerText();
  await button(visit, 'Confirm with a passkey').click();
  await dialog.waitFor({ state: 'detached' });
  return words;
}

async function invite(by: Visit, name: string, email: string, roles: readonly string[]): Promise<string> {
  const { page } = by;
  await page.goto('/people');
  await button(by, 'Invite').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('E-mail').fill(email);
  for (const box of await dialog.getByRole('checkbox').all()) await box.uncheck();
  for (const role of roles) await dialog.getByRole('checkbox', { name: role }).check();
  await dialog.getByRole('button', { name: 'Invite' }).click();
  return page
    .getByRole('dialog', { name: `${name} is invited` })
    .locator('code')
    .first()
    .innerText();
}

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
    await ada.page.goto('/people');
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

describe('a machine identity', () => {
  it('is registered by a newcomer in one form, which says what will follow', async () => {
    const { page } = ines;
    await page.goto('/teams');
    await button(ines, 'New team').click();
    await page.getByRole('dialog').getByLabel('Name').fill('Equities trading');
    await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('link', { name: 'Equities trading' }).waitFor();
    await page.goto('/register');
    await field(ines, /^Name/).fill('order-router-eu');
    await field(ines, /^Environment/).fill('production');
    await page.getByRole('radio', { name: /^Workload/ }).click();
    await field(ines, /^Purpose/).fill('Routes client orders to European venues');
    await field(ines, 'Enters orders').check();
    await choose(ines, /^Team/, 'Equities trading');
    await choose(ines, /^Primary custodian/, 'Ines Calvert');
    await choose(ines, /^Backup custodian/, 'Tomasz Wolański');
    await page.getByText('Somebody else must approve it').waitFor();
    await button(ines, 'Register').click();
    await heading(ines, 'order-router-eu').waitFor();
    await page.getByText('No credential is issued to it.').waitFor();
    identity = new URL(page.url()).pathname;
  });

  it('waits for somebody else, whom its requester cannot be (STU-7)', async () => {
    const { page } = ines;
    await page.goto(identity);
    await button(ines, 'Activate').click();
    await page.getByRole('alert').waitFor();
    await page.goto('/approvals?list=asked');
    await page.getByRole('link', { name: /Activate.*order-router-eu/ }).click();
    await page.getByText('You asked for this, so somebody else decides.').waitFor();
    expect(await button(ines, 'Approve').count()).toBe(0);
    approval = new URL(page.url()).pathname;
    const id = approval.split('/').at(-1)!;
    const body = JSON.stringify({ verdict: 'approve', reason: 'It is mine' });
    const init = `{ method: 'POST', body: ${JSON.stringify(body)}, headers: { 'content-type': 'application/json' } }`;
    const status = await page.evaluate(
      `fetch('/v1/approvals/${id}/decision', ${init}).then((answer) => answer.status)`,
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
    await page.goto(identity);
    await button(ines, 'Activate').click();
    await page.getByText('It is in good standing.').waitFor();
    await page.getByText('Identity activated').first().waitFor();
  });
});

describe('the log', () => {
  it('is proved in the browser, entry by entry', async () => {
    const { page } = ines;
    await page.goto('/audit?type=identity.activated');
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
    await page.goto('/');
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

describe('single sign-on', () => {
  const noor = { subject: 'noor-at-the-firm', email: 'noor@example.com', emailVerified: true };
  const byTheFirm = ({ page }: Visit) => page.getByRole('link', { name: 'Sign in with the firm' });

  it('lets somebody invited in by the firm’s provider, and on to where they wanted', async () => {
    await invite(ada, 'Noor Haddad', noor.email, ['Custodian']);
    provider.account = noor;
    const visit = await browser.visit();
    await visit.page.goto('/teams');
    await byTheFirm(visit).click();
    await heading(visit, 'Teams').waitFor();
    expect(visit.page.url()).toBe(`${muster.config.publicUrl}/teams`);
    await visit.page.goto('/');
    await heading(visit, 'Good day, Noor').waitFor();
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });

  it('sends a stranger back to the sign-in page, which says what to do, for every reason there is', async () => {
    provider.account = { ...noor, subject: 'a-stranger', email: 'stranger@example.com' };
    const visit = await browser.visit();
    await visit.page.goto('/sign-in');
    await byTheFirm(visit).click();
    await visit.page.waitForURL('**/sign-in?error=single_sign_on_unknown');
    const alert = visit.page.getByRole('alert');
    expect(await alert.innerText()).toMatch(/Ask an administrator to invite[\s\S]*single_sign_on_unknown/);
    for (const [code, words] of [
      ['single_sign_on_unavailable', /the provider does not answer[\s\S]*single_sign_on_unavailable/],
      ['single_sign_on_refused', /did not let you in[\s\S]*single_sign_on_refused/],
      ['ceremony_over', /Begin again here[\s\S]*ceremony_over/],
      ['email_invalid', /address that Muster cannot read[\s\S]*email_invalid/],
      ['call_this_number', /^(?![\s\S]*call_this_number)[\s\S]*The sign-in did not go through/],
    ] as const) {
      await visit.page.goto(`/sign-in?error=${code}`);
      expect(await alert.innerText()).toMatch(words);
    }
    expect(await violationsOf(visit.page)).toEqual([]);
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });
});

describe('a program on another screen', () => {
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
  const send = async <Body>(address: string, fields: Readonly<Record<string, string>>) =>
    muster.visitor().post<Body>(address, new URLSearchParams({ client_id: 'muster-cli', ...fields }).toString(), FORM);
  /** What the program comes in with. */
  let token = '';

  it('is let in by the code that it shows, as whoever approves it', async () => {
    const device = await send<{ device_code: string; user_code: string }>('/v1/device-authorizations', {
      host: 'build-01',
    });
    // Lets a device in with what one has proved just now.
    await ada.context.clearCookies();
    await ada.page.goto('/device');
    await button(ada, 'Sign in with a passkey').click();
    await field(ada, 'The code that the device shows').fill(device.user_code);
    await button(ada, 'Go on').click();
    await ada.page.getByText('build-01').waitFor();
    await button(ada, 'Let it in').click();
    await ada.page.getByText('The device is in.').waitFor();
    const grant = 'urn:ietf:params:oauth:grant-type:device_code';
    const session = { grant_type: grant, device_code: device.device_code };
    token = (await send<{ access_token: string }>('/v1/device-token', session)).access_token;
    const { person } = await muster.visitor({ token }).get<{ person: { name: string } }>('/v1/me');
    expect(person.name).toBe('Ada Marsh');
  });

  it('gets its request through once the link that it was given is confirmed in the browser', async () => {
    const program = muster.visitor({ token }).plain();
    const { items } = await program.get<{ items: { id: string; name: string }[] }>('/v1/people');
    const { id } = items.find(({ name }) => name === 'Noor Haddad')!;
    const depart = (headers: Record<string, string> = {}) =>
      program.call<Record<string, string>>('POST', `/v1/people/${id}/departure`, undefined, headers);
    const { status, body: asked } = await depart();
    expect([status, asked.code]).toEqual([401, 'step_up_required']);
    await ada.page.goto(asked.stepUpUrl!);
    await heading(ada, 'Confirm that it is you').waitFor();
    await ada.page.getByText('Let Noor Haddad go').waitFor();
    const proof = { 'muster-step-up': asked.stepUpId! };
    expect((await depart(proof)).status).toBe(401);
    await button(ada, 'Confirm with a passkey').click();
    await ada.page.getByText('It is confirmed. Go back to where you were asked.').waitFor();
    expect((await depart(proof)).status).toBe(200);
    await ada.page.reload();
    await ada.page.getByText('It was confirmed and has been done.').waitFor();
    program.close();
  });
});

describe('a program on this machine', () => {
  it('is let in by a redirect to where it listens, as whoever approves it', async () => {
    const arrived = new Promise<URL>((resolve) => {
      const listener = createServer((request, response) => {
        response.end('The program has what it needs.', () => listener.close());
        resolve(new URL(request.url!, 'http://127.0.0.1'));
      });
      listener.listen(0, '127.0.0.1', () => {
        const { port } = listener.address() as AddressInfo;
        const asked = new URLSearchParams({
          redirect_uri: `http://127.0.0.1:${port}/callback`,
          code_challenge: createHash('sha256').update('a verifier').digest('base64url'),
          ...{ state: 'state-of-the-program', host: 'laptop-07' },
        });
        void ada.page.goto(`/authorize?${asked.toString()}`);
      });
    });
    await ada.page.getByText('laptop-07').waitFor();
    await ada.page.getByText('It would act as').waitFor();
    expect(await violationsOf(ada.page)).toEqual([]);
    await button(ada, 'Let it in').click();
    const { pathname, searchParams } = await arrived;
    expect([pathname, searchParams.get('state')]).toEqual(['/callback', 'state-of-the-program']);
    expect(searchParams.get('code')).toMatch(/./);
    await ada.page.getByText('The program has what it needs.').waitFor();
  });
});

describe('what one keeps for oneself', () => {
  const message = (words: string) => ines.page.getByRole('status', { name: 'Messages' }).getByText(words).waitFor();

  it('is a code generator, enrolled with its first code', async () => {
    const { page } = ines;
    await page.goto('/me');
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
    await page.goto('/me');
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
    await page.goto('/identities?status=suspended&kind=workload');
    await button(ines, 'Save view').click();
    await page.getByRole('dialog').getByLabel('Name').fill('Stopped workloads');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await message('The view “Stopped workloads” is saved.');
    await page.goto('/identities');
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
    await page.goto('/people');
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
    await page.goto('/break-glass');
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

  it('is looked for as soon as somebody says where, in the form of that kind of source', async () => {
    const { page } = ada;
    await page.goto('/');
    await heading(ada, /Good day/).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await heading(ada, 'Findings').waitFor();
    await page.getByText('Nobody has looked anywhere yet.').waitFor();
    await page.getByRole('link', { name: 'Add the first source' }).click();
    await page.getByRole('link', { name: /^Git repository/ }).click();
    await field(ada, /^Name/).fill('payments');
    await field(ada, /^Or a path/).fill(planted.folder);
    await button(ada, 'Add and look').click();
    await confirmWhereAsked(heading(ada, 'payments'));
    source = new URL(page.url()).pathname;
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
    finding = new URL(page.url()).pathname;
    expect(await page.getByRole('main').innerText()).not.toContain(planted.password);
    await page.getByRole('meter', { name: 'How sure this is' }).waitFor();
    await page.getByRole('region', { name: 'Where it lies and what it opens' }).getByText('List').click();
    await page.getByRole('definition').filter({ hasText: 'svc_ledger' }).first().waitFor();
  });

  it('becomes somebody’s, by a registration that is filled in but for who answers', async () => {
    const { page } = ada;
    await page.goto(finding);
    await button(ada, 'Adopt').click();
    await page.getByRole('dialog').getByLabel('One that nobody registered yet').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Fill in the registration' }).click();
    await heading(ada, 'Register what was found').waitFor();
    expect(await field(ada, /^Name/).inputValue()).toBe('svc_ledger');
    await field(ada, /^Environment/).fill('production');
    await choose(ada, /^Team/, 'Equities trading');
    await button(ada, 'Register and adopt').click();
    await confirmWhereAsked(heading(ada, 'svc_ledger'));
    await page
      .getByRole('region', { name: 'Called elsewhere' })
      .getByText('postgresql:orders-db.example:5432:svc_ledger')
      .waitFor();
    await page.goto(finding);
    // Whose it is, is known now; that it lies in a repository is still wrong.
    await page.getByText('Misplaced', { exact: true }).first().waitFor();
    await page.getByRole('list').getByText('Shadow identity → Misplaced').waitFor();
  });

  it('is dismissed with a reason and until a day, several at once, and is among the dismissed', async () => {
    const { page } = ada;
    await page.goto('/findings?q=services');
    await row(/config\.yml/)
      .getByRole('checkbox')
      .check();
    await row(/settings\.py/)
      .getByRole('checkbox')
      .check();
    await page.getByRole('group', { name: 'What is chosen' }).getByText('2 chosen').waitFor();
    await page.keyboard.press('d');
    const dialog = page.getByRole('dialog', { name: 'Dismiss 2 findings' });
    await dialog.getByLabel(/^Reason/).fill('Both end with the contract, this month');
    await dialog.getByRole('button', { name: 'Dismiss' }).click();
    await confirmWhereAsked(page.getByText('2 are dismissed.'));
    await row(/config\.yml/).waitFor({ state: 'detached' });
    await button(ada, 'Dismissed').click();
    await row(/config\.yml/).waitFor();
    await row(/settings\.py/).waitFor();
  });
});

describe('every page', () => {
  const PAGES: readonly (readonly [string, () => string])[] = [
    ...['/', '/identities', '/register', '/ledger', '/approvals', '/audit', '/audit/3', '/people', '/teams', '/me'],
    ...['/device', '/authorize', '/break-glass', '/nowhere'],
    ...['/findings', '/findings/ghosts', '/findings/posture', '/findings/trends', '/sources', '/sources/new?kind=git'],
  ].map((address) => [address, () => address] as const);

  const MADE: readonly (readonly [string, () => string])[] = [
    ['an identity', () => identity],
    ['an approval', () => approval],
    ['a finding', () => finding],
    ['a source', () => source],
  ];

  it.each([...PAGES, ...MADE])('is free of barriers in light and dark: %s (WCAG 2.2 AA)', async (_name, address) => {
    await ada.page.goto(address());
    await ada.page.locator('h1').waitFor();
    await ada.page.waitForLoadState('networkidle');
    expect(await violationsOf(ada.page)).toEqual([]);
    expect(await darkViolationsOf(ada.page)).toEqual([]);
  });

  /**
   * Good practice for what stands in a page, none for what opens over it: a list or menu at the end of the document belongs
   * to the button that opened it, and of two dialogs the lower one is out of reach.
   */
  const OVER_A_PAGE = ['region', 'landmark-no-duplicate-banner', 'landmark-unique'];
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
    ['a hand-over', () => identity, () => button(ada, 'Hand over').click().then(inDialog)],
    ['the last question before a resumption', () => identity, () => button(ada, 'Resume').click().then(inDialog)],
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
    await ada.page.goto(address());
    await ada.page.locator('h1').waitFor();
    await ada.page.waitForLoadState('networkidle');
    await open();
    expect(await violationsOf(ada.page, OVER_A_PAGE)).toEqual([]);
    expect(await darkViolationsOf(ada.page)).toEqual([]);
  });

  it.each(['/sign-in', '/setup', '/invitation'])('is free of barriers before one is in: %s', async (address) => {
    const stranger = await browser.visit();
    await stranger.page.goto(address);
    await stranger.page.locator('h1').waitFor();
    expect(await violationsOf(stranger.page)).toEqual([]);
    expect(await darkViolationsOf(stranger.page)).toEqual([]);
    expect(stranger.complaints).toEqual([]);
    await stranger.close();
  });

  it('fits a window of 380 pixels without scrolling sideways', async () => {
    await ada.page.setViewportSize({ width: 380, height: 800 });
    for (const [, address] of [...PAGES, ...MADE]) {
      await ada.page.goto(address());
      await ada.page.locator('h1').waitFor();
      const width = await ada.page.evaluate('document.documentElement.scrollWidth');
      expect({ address: address(), width }).toEqual({ address: address(), width: 380 });
    }
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

/** Chooses from a list by typing, as people do. */
async function choose(visit: Visit, label: RegExp, name: string): Promise<void> {
  const box = visit.page.getByRole('combobox', { name: label }).or(visit.page.getByRole('textbox', { name: label }));
  await box.first().click();
  await box.first().fill(name);
  await visit.page.getByRole('option', { name }).first().click();
}

/** Presses Tab until the focus is on the button of that name. */
async function tabTo({ page }: Visit, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement?.textContent?.trim()')) === name) return;
  }
  throw new Error(`Tab never comes to ${name}.`);
}
