import { chmod, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rootFingerprint } from '../../src/client/index.js';
import type { SignedIn } from '../harness/cast.js';
import { Muster } from '../harness/muster.js';
import { PersonsBrowser } from './browser.js';
import { Shell } from './shell.js';
import { Terminal } from './terminal.js';

jest.setTimeout(120_000);

/** What a command asks of its person beside its result, and how the person's browser answers. */

let muster: Muster;
let terminal: Terminal;
let url: string;
let pin: string[];
let ada: SignedIn;

/** Runs a command and lets somebody answer the first JSON line that it says on standard error. */
async function answered<Asked>(
  shell: Shell,
  words: readonly string[],
  answer: (asked: Asked) => Promise<unknown>,
  environment: Readonly<Record<string, string>> = {},
) {
  let answering: Promise<unknown> | undefined;
  const ran = await shell.muster([...words, '--json'], environment, (text) => {
    answering ??= answer(JSON.parse(text) as Asked);
  });
  await answering;
  return ran;
}

beforeAll(async () => {
  [muster, terminal] = await Promise.all([Muster.start(), Terminal.open()]);
  url = muster.config.publicUrl;
  pin = ['--ca-fingerprint', rootFingerprint(muster.root)];
  ada = await muster.signInAs();
});
afterAll(async () => {
  await muster.stop();
  await terminal.close();
});

describe('signing in by a browser elsewhere', () => {
  it('shows a code, waits, and is whoever approved it', async () => {
    const shell = new Shell(url, terminal.file('by-code'));
    const { status, out } = await answered<{ deviceSignIn: { code: string; url: string } }>(
      shell,
      ['login', '--device', ...pin],
      async ({ deviceSignIn: { code, url: link } }) => {
        expect(link).toBe(`${url}/device?user_code=${code}`);
        await ada.visitor.post('/v1/device-authorizations/decision', { userCode: code, verdict: 'approve' });
      },
    );
    expect({ status, out: JSON.parse(out) as unknown }).toEqual({ status: 0, out: { expiresAt: expect.any(String) } });
    expect((await shell.json<{ person: { id: string } }>('whoami')).person.id).toBe(ada.id);
  });

  it('is refused when the person refuses', async () => {
    const refuse = async ({ deviceSignIn }: { deviceSignIn: { code: string } }) =>
      ada.visitor.post('/v1/device-authorizations/decision', { userCode: deviceSignIn.code, verdict: 'deny' });
    const ran = await answered(new Shell(url, terminal.file('refused')), ['login', '--device', ...pin], refuse);
    expect(ran).toMatchObject({ status: 1, out: '', err: expect.stringContaining('"code":"sign_in_refused"') });
  });

  it('does not wait where it is told not to: status 3, and the link in JSON', async () => {
    const shell = new Shell(url, terminal.file('unattended'));
    const { status, out, err } = await shell.muster(['login', '--no-wait', '--json', ...pin]);
    const [asked, refusal] = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(asked).toMatchObject({ deviceSignIn: { url: expect.stringContaining('/device?user_code=') } });
    expect(refusal).toMatchObject({ error: { code: 'authorization_pending' } });
  });

  it('tells people what to do in words', async () => {
    const { err } = await new Shell(url, terminal.file('words')).muster(['login', '--no-wait', ...pin]);
    expect(err).toMatch(/^Open https:\/\/localhost:\d+\/device in any browser, and type\n {2}[A-Z]{4}-[A-Z]{4}\n/);
  });
});

describe('signing in by the browser on this machine', () => {
  /** A browser that only notes where it was sent. */
  async function browser(): Promise<{ environment: Record<string, string>; sentTo: () => Promise<URL> }> {
    const [script, note] = [terminal.file('browser'), terminal.file('sent-to')];
    await writeFile(script, `#!/bin/sh\nprintf %s "$1" > ${note}.part && mv ${note}.part ${note}\n`);
    await chmod(script, 0o755);
    const sentTo = async () => {
      for (;;) {
        const text = await readFile(note, 'utf8').catch(() => undefined);
        if (text !== undefined) return new URL(text);
        await sleep(20);
      }
    };
    return {
      environment: { MUSTER_NO_BROWSER: '', CI: '', SSH_CONNECTION: '', DISPLAY: ':0', BROWSER: script },
      sentTo,
    };
  }

  it('is answered at its own address by whoever the person is there, and by nobody else', async () => {
    const { environment, sentTo } = await browser();
    const shell = new Shell(url, terminal.file('by-loopback'));
    const ran = await answered(
      shell,
      ['login', ...pin],
      async () => {
        const query = (await sentTo()).searchParams;
        expect(query.get('code_challenge_method')).toBe('S256');
        const redirectUri = query.get('redirect_uri')!;
        const stranger = await fetch(`${redirectUri}?code=msc_mine&state=guessed&iss=${encodeURIComponent(url)}`);
        expect(stranger.status).toBe(404);
        const body = { redirectUri, codeChallenge: query.get('code_challenge'), state: query.get('state') };
        const { redirectTo } = await ada.visitor.post<{ redirectTo: string }>('/v1/authorization-codes', body);
        const shown = await fetch(redirectTo);
        expect(await shown.text()).toContain('Go back to the terminal');
      },
      environment,
    );
    expect(ran).toMatchObject({ status: 0 });
    expect((await shell.json<{ person: { id: string } }>('whoami')).person.id).toBe(ada.id);
  });
});

describe('being asked to confirm', () => {
  let shell: Shell;
  let alone: Shell;
  let browser: PersonsBrowser;
  const invite = (name: string) => [
    'person',
    'invite',
    '--name',
    name,
    '--email',
    `${name}@example.com`,
    '--role',
    'auditor',
  ];

  beforeAll(async () => {
    const { person, signInToken } = await ada.visitor.post<{ person: { id: string }; signInToken: string }>(
      '/v1/people',
      {
        ...{ name: 'Bea', email: 'bea@example.com', roles: ['administrator'] },
      },
    );
    await writeFile(terminal.file('bea.token'), signInToken);
    browser = new PersonsBrowser(muster);
    shell = new Shell(url, terminal.file('bea'), browser);
    alone = new Shell(url, terminal.file('bea'));
    await shell.json('login', '--token-file', terminal.file('bea.token'), ...pin);
    expect((await shell.json<{ person: { id: string } }>('whoami')).person.id).toBe(person.id);
  });

  it('ends with status 3, the level and the link where nobody is to be waited for', async () => {
    const { status, out, err } = await alone.muster([...invite('nobody'), '--no-wait', '--json']);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(JSON.parse(err)).toMatchObject({
      error: {
        ...{ code: 'step_up_required', acrValues: 'loa2', enrol: true },
        stepUpUrl: expect.stringMatching(/\/step-up\/stu_[0-9a-f]{32}$/),
      },
    });
  });

  it('links somebody without a passkey to their browser signed in, once; then goes on with the same command', async () => {
    let asked: { stepUp: { url: string; words: string; enrol: boolean } } | undefined;
    const ran = await shell.muster([...invite('zoe'), '--json'], {}, (text) => {
      asked ??= JSON.parse(text) as typeof asked;
      browser.read(text);
    });
    expect(ran).toMatchObject({ status: 0 });
    expect(asked!.stepUp).toMatchObject({ enrol: true, url: expect.stringMatching(/\/invitation\?next=[^#]+#msi_/) });
    expect(JSON.parse(ran.out)).toMatchObject({ person: { name: 'zoe', roles: ['auditor'] } });
    const token = new URL(asked!.stepUp.url).hash.slice(1);
    expect((await muster.visitor().call('POST', '/v1/sign-in', { signInToken: token })).status).toBe(401);
  });

  it('does not ask again while the proof is fresh', async () => {
    expect(await alone.muster([...invite('mia'), '--no-wait'])).toMatchObject({ status: 0, err: '' });
  });

  it('asks in words, shows the page alone to whoever has a passkey, and waits for that', async () => {
    const { items } = await shell.json<{ items: { id: string; name: string }[] }>('person', 'list');
    const { id } = items.find(({ name }) => name === 'zoe')!;
    const ran = await shell.muster(['person', 'depart', id]);
    expect(ran).toMatchObject({ status: 0, out: expect.stringContaining('has departed') });
    const [words, link, hint] = ran.err.split('\n');
    expect(words).toMatch(/^Confirm that it is you: /);
    expect(link).toMatch(new RegExp(`^ {2}${url}/step-up/stu_[0-9a-f]{32}$`));
    expect(hint).toContain('open it where you sign in');
    expect(ran.err).not.toContain('msi_');
  });

  it('lists what somebody proves themselves with and where they are signed in, and takes the last passkey from nobody', async () => {
    const { items } = await shell.json<{ items: { id: string; kind: string }[] }>('authenticators');
    expect(items).toMatchObject([{ kind: 'passkey', acr: 'loa4' }]);
    const sessions = await shell.json<{ items: { current: boolean }[] }>('sessions');
    expect(sessions.items.filter(({ current }) => current)).toHaveLength(1);
    await shell.json('login', '--token-file', await anotherToken(), ...pin);
    expect((await shell.muster(['authenticators', 'remove', items[0]!.id])).err).toContain('code: last_authenticator');
    const link = await shell.json<{ url: string; signsIn: boolean }>('authenticators', 'enrol');
    expect(link).toEqual({ url: `${url}/me`, signsIn: false });
  });

  /** Bea comes back later: the passkey was there before this session. */
  async function anotherToken(): Promise<string> {
    const { person } = await shell.json<{ person: { id: string } }>('whoami');
    const again = await ada.visitor.post<{ signInToken: string }>(`/v1/people/${person.id}/sign-in-tokens`);
    await writeFile(terminal.file('again.token'), again.signInToken);
    return terminal.file('again.token');
  }

  it('gives up cleanly at Ctrl-C: status 130, and nothing has happened', async () => {
    const mia = async () =>
      (await shell.json<{ items: { id: string; name: string; status: string }[] }>('person', 'list')).items.find(
        ({ name }) => name === 'mia',
      )!;
    const before = await mia();
    const ran = await terminal.muster(
      ['person', 'depart', before.id, '--url', url],
      '',
      (text, child) => {
        if (text.includes('Waiting')) child.kill('SIGINT');
      },
      { XDG_CONFIG_HOME: terminal.file('bea') },
    );
    expect(ran).toMatchObject({
      status: 130,
      out: '',
      err: expect.stringContaining('Given up; nothing has happened.'),
    });
    expect(await mia()).toEqual(before);
  });
});
