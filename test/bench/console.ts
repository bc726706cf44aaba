import { Client } from 'pg';
import { Browser, type Visit } from '../console/browser.js';
import { buildConsole } from '../console/build.js';
import type { SignedIn } from '../harness/cast.js';
import { embeddedSuperuserUrl } from '../harness/embedded-database.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import { load } from '../soak/inventory/load.js';
import { percentile } from './closed-loop.js';
import { type Figures, figure } from './figures.js';
import type { Options } from './options.js';

const CUSTODIANS = 20;
const WAITING = 30;
const ENVIRONMENT = {
  NODE_ENV: 'production',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
};

/** Who looks at what, and by what one sees that it is there. */
export interface OpenedPage {
  readonly name: string;
  readonly as?: 'custodian' | 'auditor';
  readonly path: string;
  readonly shown: string;
}

/** What is known of a loaded installation. */
export interface Loaded {
  readonly custodian: Pick<SignedIn, 'id' | 'token'>;
  readonly auditor: Pick<SignedIn, 'token'>;
  /** One of the million. */
  readonly identity: { readonly id: string; readonly name: string };
}

/**
 * The console's main pages in a real browser over a large inventory. Each round is a browser's first visit: nothing is
 * cached, and the connection is new.
 */
export async function benchConsole(options: Options, figures: Figures): Promise<void> {
  await buildConsole();
  const home = await newHome();
  const service = await ServiceProcess.start(home, ENVIRONMENT);
  try {
    await service.ready();
    const loaded = await furnish(service, home, options.identities);
    await measurePages(service, loaded, options.rounds, figures);
  } finally {
    await service.stop();
    await home.remove();
  }
}

/** People, requests that wait, and so many identities, of which each custodian answers for a tenth. */
async function furnish(service: ServiceProcess, home: Home, identities: number): Promise<Loaded> {
  const administrator = await service.cast.administrator();
  const auditor = await service.cast.signInAs('auditor');
  const engineer = await service.cast.signInAs('platform-engineer');
  const custodians: SignedIn[] = [];
  for (let count = 0; count < CUSTODIANS; count += 1) custodians.push(await service.cast.signInAs('custodian'));
  const [custodian, backup] = custodians as [SignedIn, SignedIn];
  const team = await administrator.visitor.post<{ id: string }>('/v1/teams', { name: 'payments' });
  const { items } = await auditor.visitor.get<{ items: { id: string; kind: string }[] }>('/v1/authorities');
  const authorityId = items.find(({ kind }) => kind === 'issuing')!.id;
  const superuser = new Client({ connectionString: await embeddedSuperuserUrl(home) });
  await superuser.connect();
  await load(superuser, { custodians: custodians.map(({ id }) => id), teamId: team.id, authorityId }, identities);
  const { rows } = await superuser.query<Loaded['identity']>(
    'SELECT id, name FROM muster.identities WHERE primary_custodian_id = $1 ORDER BY md5(id) LIMIT 1',
    [custodian.id],
  );
  await superuser.end();
  for (let count = 0; count < WAITING; count += 1)
    await engineer.visitor.post('/v1/identities', {
      ...{ name: `waiting-bot-${count}`, kind: 'bot', environment: 'production', purpose: 'Waits.', privileged: true },
      ...{ teamId: team.id, primaryCustodianId: custodian.id, backupCustodianId: backup.id },
    });
  return { custodian, auditor, identity: rows[0]! };
}

const ROW = 'main tbody a';

function pages({ custodian, identity }: Loaded): readonly OpenedPage[] {
  return [
    { name: 'sign-in', path: '/sign-in', shown: 'button' },
    { name: 'overview', as: 'custodian', path: '/', shown: 'main [data-row]' },
    { name: 'identities', as: 'custodian', path: '/identities', shown: ROW },
    { name: 'identities one answers for', as: 'custodian', path: '/identities?custodianId=me', shown: ROW },
    { name: 'search, many', as: 'custodian', path: '/identities?q=payments', shown: ROW },
    { name: 'search, one', as: 'custodian', path: `/identities?q=${identity.name}`, shown: ROW },
    { name: 'identity', as: 'custodian', path: `/identities/${identity.id}`, shown: 'main section' },
    { name: 'approvals', as: 'custodian', path: '/approvals', shown: ROW },
    { name: 'ledger', as: 'auditor', path: '/ledger', shown: ROW },
    { name: 'ledger of a custodian', as: 'auditor', path: `/ledger?custodianId=${custodian.id}`, shown: ROW },
    { name: 'audit', as: 'auditor', path: '/audit', shown: ROW },
    { name: 'people', as: 'auditor', path: '/people', shown: 'main tbody tr' },
  ];
}

/** Opens every page so many times, and types a name once a round. */
export async function measurePages(
  service: Pick<ServiceProcess, 'ports' | 'root'>,
  loaded: Loaded,
  rounds: number,
  figures: Figures,
): Promise<void> {
  const { ports, root } = service;
  const browser = await Browser.launch({ config: { publicUrl: `https://localhost:${ports.open}` }, ports, root });
  const rounded = async (name: string, one: () => Promise<number>) => {
    const taken: number[] = [];
    for (let round = 0; round < rounds; round += 1) taken.push(await one());
    figures.print(name, [
      figure('interactive_ms', percentile(taken, 0.5), 'ms'),
      figure('interactive_worst_ms', Math.max(...taken), 'ms'),
    ]);
  };
  const visited = async (as: OpenedPage['as'], work: (visit: Visit) => Promise<number>) => {
    const visit = await browser.visit();
    if (as) await visit.carry(loaded[as].token);
    try {
      return await work(visit);
    } finally {
      await visit.close();
    }
  };
  try {
    for (const { name, as, path, shown } of pages(loaded))
      await rounded(name, () => visited(as, (visit) => interactiveAt(visit, path, shown)));
    const typed = (visit: Visit) => foundAfter(visit, loaded.identity.name);
    await rounded('search, as it is typed', () => visited('custodian', typed));
  } finally {
    await browser.close();
  }
}

/**
 * When a page was there to be used, milliseconds from where one went to it: what it is about is painted, nothing in it
 * still loads, and its one thread was free to answer the next key.
 */
async function interactiveAt({ page }: Visit, path: string, shown: string): Promise<number> {
  await page.addInitScript(`window.interactive = new Promise((tell) => {
    let painted = 0;
    new PerformanceObserver((list) => { painted = list.getEntries().at(-1).startTime; })
      .observe({ type: 'largest-contentful-paint', buffered: true });
    const loads = 'main [aria-busy=true], main .mantine-Skeleton-root';
    const isThere = () => document.querySelector(${JSON.stringify(shown)}) && !document.querySelector(loads);
    const look = () => {
      if (isThere()) setTimeout(() => tell(Math.max(performance.now(), painted)));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })`);
  await page.goto(path, { waitUntil: 'commit' });
  return page.evaluate('window.interactive');
}

/** How long after its last letter was typed a name stands first in the list. */
async function foundAfter(visit: Visit, name: string): Promise<number> {
  await interactiveAt(visit, '/identities', ROW);
  const { page } = visit;
  await page.evaluate(`window.found = new Promise((tell) => {
    let typedAt;
    addEventListener('input', () => { typedAt = performance.now(); }, true);
    const look = () => {
      if (typedAt && document.querySelector(${JSON.stringify(ROW)})?.textContent === ${JSON.stringify(name)})
        tell(performance.now() - typedAt);
      else requestAnimationFrame(look);
    };
    look();
  }); undefined`);
  await page.getByLabel('Search identities').pressSequentially(name);
  return page.evaluate('window.found');
}
