import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Muster } from '../../harness/muster.js';
import { OpenIdProvider, SSO_CLIENT } from '../../harness/openid-provider.js';
import { freePort } from '../../harness/ports.js';
import { Browser, type Visit } from '../browser.js';
import { buildConsole } from '../build.js';
import { PlantedRepository } from '../discovery-estate.js';

/** One service, one browser and the people before it, for all stories: each goes on where the one before it ended. */

export let provider: OpenIdProvider;
export let planted: PlantedRepository;
export let muster: Muster;
export let browser: Browser;
/** The first administrator, and whoever they invite, each at a window of their own for all of the stories. */
export let ada: Visit;
export let ines: Visit;
/** Addresses of what the stories have made. */
export const made = { identity: '', approval: '', source: '', finding: '' };
let folder = '';

/** All of them come from one address. */
const ROOMY = { RATE_LIMIT_ADDRESS_PER_MINUTE: '100000', RATE_LIMIT_REQUESTS_PER_MINUTE: '100000' };

export async function open(): Promise<void> {
  await buildConsole();
  folder = await mkdtemp(path.join(tmpdir(), 'muster-stories-'));
  planted = PlantedRepository.create();
  const environment = { ...ROOMY, ...(await withProvider()), SOURCE_FOLDERS: planted.folder };
  muster = await Muster.start({ environment });
  browser = await Browser.launch(muster, { port: Number(new URL(provider.issuer).port), root: provider.caPem });
  [ada, ines] = [await browser.visit(), await browser.visit()];
  // Whoever breaks the glass proves with a key that cannot be copied.
  await ada.plugIn('device-bound');
}

export async function close(): Promise<void> {
  await browser?.close();
  await muster?.stop();
  await provider?.stop();
  planted?.remove();
  if (folder) await rm(folder, { recursive: true });
}

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

/** Where `STORIES_FOLDER` names a folder, what a story ended with, to look at. */
export async function draw(story: string): Promise<void> {
  const album = process.env['STORIES_FOLDER'];
  if (album === undefined) return;
  const name = story.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 100);
  await ada.page.screenshot({ path: path.join(album, `${name}-ada.png`), fullPage: true });
  await ines.page.screenshot({ path: path.join(album, `${name}-ines.png`), fullPage: true });
}
