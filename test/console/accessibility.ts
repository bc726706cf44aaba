import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import type { Visit } from './browser.js';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
const AXE = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A window that everything must fit into (WCAG 2.2, 1.4.10 asks for less). */
const NARROW = { width: 380, height: 800 };

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/**
 * What axe finds against WCAG 2.2 AA on a page as it stands, each with the element and why.
 *
 * @param besides rules that are not held against it
 */
export function violationsOf(page: Page, besides: readonly string[] = []): Promise<string[]> {
  return run(page, { type: 'tag', values: TAGS }, besides);
}

/** The same page in dark colours, where only its contrasts can differ; it is light again afterwards. */
export async function darkViolationsOf(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
  const found = await run(page, { type: 'rule', values: ['color-contrast'] });
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

/** A page that nothing keeps anybody from using. */
export const FREE_OF_BARRIERS = { light: [], dark: [], narrowWidth: NARROW.width };

/** Goes on to a page, and says what keeps people from using it: what axe finds in light and in dark, and how wide it is in a narrow window. */
export async function barriersAt(
  visit: Visit,
  address: string,
): Promise<Record<keyof typeof FREE_OF_BARRIERS, unknown>> {
  const { page } = visit;
  await visit.goOn(address);
  return {
    light: await violationsOf(page),
    dark: await darkViolationsOf(page),
    narrowWidth: await narrowWidthOf(page),
  };
}

/** How wide the page as it stands is in a narrow window. */
async function narrowWidthOf(page: Page): Promise<number> {
  const wide = page.viewportSize()!;
  await page.setViewportSize(NARROW);
  const width = 'document.documentElement.scrollWidth';
  await page.waitForFunction(`${width} <= ${NARROW.width}`, undefined, { timeout: 5_000 }).catch(() => undefined);
  const found = await page.evaluate<number>(width);
  await page.setViewportSize(wide);
  return found;
}

async function run(
  page: Page,
  runOnly: { readonly type: string; readonly values: readonly string[] },
  besides: readonly string[] = [],
) {
  // Past the page's own policy, which lets no other script in: the DevTools protocol is under none.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(`${await AXE}; undefined`);
  const rules = Object.fromEntries(besides.map((rule) => [rule, { enabled: false }]));
  // Without what no rule of these tags reads, style sheets, and what nobody is told: how each element could be found again.
  const unread = { preload: { assets: ['media'] }, selectors: false };
  const options = { runOnly, rules, resultTypes: ['violations'], ...unread };
  const found: Found = await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`);
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html.slice(0, 300)}\n${failureSummary ?? ''}`),
  );
}
