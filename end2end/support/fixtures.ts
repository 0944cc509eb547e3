// What every test file imports instead of '@playwright/test'.
//
//     import { expect, test } from '../support/fixtures';
//     test('the portal opens', { tag: '@plain' }, async ({ page, look }) => {
//       await page.goto('/');
//       await look('portal-home');
//     });
//
// Tests tagged `@plain` also run with scripts off. `look` ends a step on a page: it fails on serious
// accessibility findings and on pages wider than the screen, and leaves pictures in both colour schemes.
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';
import { logs, server } from './paths';
import { finish } from './processes';

interface Fixtures {
  /** Checks the page that is open, and takes its picture under this name. */
  look: (name: string) => Promise<void>;
  /** Runs the command line on the database of this run and returns what it printed. */
  saldar: (...args: string[]) => string;
}

export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => {
    await use(process.env.SALDAR_URL);
  },
  look: async ({ page }, use, info) => {
    await use(async (name) => {
      const scripts = info.project.use.javaScriptEnabled !== false;
      await (scripts ? expectAccessible(page) : expectCopyAccessible(page));
      await expectNoSidewaysScroll(page);
      await picture(page, join(logs, 'pictures', info.project.name, name));
    });
  },
  saldar: async ({}, use) => {
    await use((...args) => finish(server, args));
  },
});

export { expect };

/** Fails on anything that axe calls serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const found = grave.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' | ')}`);
  expect(found, `accessibility of ${page.url()}`).toEqual([]);
}

/** axe needs scripts: where the visitor has none, it looks at a copy of what the visitor sees. */
async function expectCopyAccessible(page: Page): Promise<void> {
  const [address] = page.url().split('#');
  const html = await page.content();
  const context = await page.context().browser()!.newContext({ javaScriptEnabled: true, viewport: page.viewportSize() });
  const copy = await context.newPage();
  await copy.route(/\.(js|wasm)(\?|$)/, (route) => route.abort());
  await copy.route(address, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
  await copy.goto(address);
  await expectAccessible(copy);
  await context.close();
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, screen } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  expect(content, `width of ${page.url()}`).toBeLessThanOrEqual(screen);
}

async function picture(page: Page, file: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${file}-${colorScheme}.png`, fullPage: true, animations: 'disabled' });
  }
}
