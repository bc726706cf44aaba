import 'reflect-metadata';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Muster } from '../harness/muster.js';
import { RotatingServer } from '../rotation/server.js';
import { Browser } from './browser.js';
import { buildConsole } from './build.js';
import { PlantedRepository } from './discovery-estate.js';
import { type Estate, furnish } from './estate.js';
import { GALLERY } from './gallery.js';

const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 380, height: 800 } } as const;
const COLOURS = ['light', 'dark'] as const;
const QUIET_MILLISECONDS = 350;

/** Draws every page wide and narrow, light and dark, empty and full, into the folder given. */
async function main([folder = 'screenshots', only]: readonly string[]): Promise<void> {
  await hook('setup');
  await buildConsole();
  try {
    for (const state of ['empty', 'full'] as const) await draw(path.resolve(folder), state, only);
  } finally {
    await hook('teardown');
  }
}

async function draw(folder: string, state: 'empty' | 'full', only: string | undefined): Promise<void> {
  const planted = PlantedRepository.create();
  const muster = await Muster.start({
    environment: {
      ...{ RATE_LIMIT_ADDRESS_PER_MINUTE: '100000', RATE_LIMIT_REQUESTS_PER_MINUTE: '100000' },
      SOURCE_FOLDERS: planted.folder,
    },
  });
  const [browser, server] = await Promise.all([Browser.launch(muster), RotatingServer.start()]);
  try {
    const estate = state === 'full' ? await furnish(muster, server, planted) : await emptyEstate(muster);
    await mkdir(folder, { recursive: true });
    for (const [size, window] of Object.entries(SIZES))
      for (const colours of COLOURS)
        for (const { name, as, path: pathOf } of GALLERY) {
          if (only !== undefined && !only.split(',').includes(name)) continue;
          const visit = await browser.visit({ ...window, colours });
          if (as) await visit.carry(estate[as].token);
          await visit.page.goto(pathOf(estate), { waitUntil: 'networkidle' });
          await visit.page.waitForTimeout(QUIET_MILLISECONDS);
          const file = path.join(folder, `${name}-${state}-${size}-${colours}.png`);
          await visit.page.screenshot({ path: file, fullPage: true });
          for (const { page, text } of visit.complaints) process.stderr.write(`${name}: ${page}: ${text}\n`);
          await visit.close();
        }
  } finally {
    await browser.close();
    await muster.stop();
    await server.stop();
    planted.remove();
  }
}

/** What jest runs around a test run: the place for its database. */
async function hook(name: 'setup' | 'teardown'): Promise<void> {
  const file = `../harness/global-${name}.js`;
  const { default: run } = (await import(file)) as { default: () => void };
  run();
}

/** Nobody here but the first administrator, who looks at every page. */
async function emptyEstate(muster: Muster): Promise<Estate> {
  const administrator = await muster.signInAs();
  const nothing = '00000000000000000000000000000000';
  return {
    administrator,
    custodian: administrator,
    auditor: administrator,
    engineer: administrator,
    analyst: administrator,
    identityId: `mid_${nothing}`,
    approvalId: `apr_${nothing}`,
    campaignId: `cmp_${nothing}`,
    rotationId: `rot_${nothing}`,
    runId: `rrn_${nothing}`,
    reviewItemId: `rvi_${nothing}`,
    discovery: {
      ...{ findingId: `fnd_${nothing}`, accountFindingId: `fnd_${nothing}`, retiringId: `fnd_${nothing}` },
      sourceId: `src_${nothing}`,
    },
  };
}

await main(process.argv.slice(2));
process.exit();
