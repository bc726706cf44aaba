import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { violationsOf } from '../accessibility.js';
import type { Visit } from '../browser.js';
import { button, heading } from '../newcomer.js';
import { field, invite } from './deeds.js';
import { ada, browser, muster, provider } from './stage.js';

/** Who comes in otherwise than by passkey: by the firm, from another screen, from a program. */

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
    await visit.goOn('/');
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
      await visit.goOn(`/sign-in?error=${code}`);
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
