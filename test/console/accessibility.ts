import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
const AXE = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

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
