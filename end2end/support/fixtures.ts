// What every test file imports instead of '@playwright/test'.
//
//     import { expect, test } from '../support/fixtures';
//     test('the portal opens', { tag: '@plain' }, async ({ page, look }) => {
//       await page.goto('/');
//       await look('portal-home');
//     });
//
// Tests tagged `@plain` also run with scripts off. `look` ends a step on a page: it fails on serious
// accessibility findings and on pages wider than the screen, and with SALDAR_PICTURES=1 leaves pictures in
// both colour schemes. On the second database the pages are the same: there it does nothing.
// `test.use({ as: 'supervisora' })` starts signed in; `as: 'debtor'` as the debtor of this worker's own file.
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Browser, type BrowserContext, type Page, type TestInfo } from '@playwright/test';
import { Console } from '../pages/console';
import { Portal } from '../pages/portal';
import { importBook, type Book } from './book';
import { logs, server } from './paths';
import { finish } from './processes';

/** Who is signed in when a test starts: a member of the demo's staff, the worker's own debtor, or nobody. */
export type Who = 'agente' | 'supervisora' | 'auditora' | 'debtor' | 'nobody';
type State = Awaited<ReturnType<BrowserContext['storageState']>>;

interface WorkerFixtures {
  /** Accounts that nobody but this worker knows, of a file imported through the command line. */
  book: Book;
  /** The cookies of somebody signed in; signing in happens once a worker. */
  session: (who: Who) => Promise<State | undefined>;
}

interface Fixtures {
  as: Who;
  portal: Portal;
  office: Console;
  /** Checks the page that is open, and takes its picture under this name. */
  look: (name: string) => Promise<void>;
  /** Runs the command line on the database of this run and returns what it printed. */
  saldar: (...args: string[]) => string;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  book: [async ({}, use, info) => {
    await use(importBook(`${info.project.name}-${info.workerIndex}`));
  }, { scope: 'worker' }],
  session: [async ({ browser, book }, use) => {
    const known = new Map<Who, Promise<State | undefined>>();
    await use((who) => {
      const state = known.get(who) ?? signIn(browser, who, book);
      known.set(who, state);
      return state;
    });
  }, { scope: 'worker' }],
  as: ['nobody', { option: true }],
  storageState: async ({ as, session }, use) => {
    await use(as === 'nobody' ? undefined : await session(as));
  },
  portal: async ({ page }, use) => use(new Portal(page)),
  office: async ({ page }, use) => use(new Console(page)),
  baseURL: async ({}, use) => {
    await use(process.env.SALDAR_URL);
  },
  look: async ({ page }, use, info) => {
    await use((name) => lookAt(page, info, name));
  },
  saldar: async ({}, use) => {
    await use((...args) => finish(server, args));
  },
});

export { expect };

async function signIn(browser: Browser, who: Who, book: Book): Promise<State> {
  // Nobody is signed in yet: a context takes what the running test uses unless it is told otherwise.
  const context = await browser.newContext({
    baseURL: process.env.SALDAR_URL, locale: 'es-MX', javaScriptEnabled: false, storageState: undefined,
  });
  const page = await context.newPage();
  if (who === 'debtor') await new Portal(page).signIn(book.document, book.email);
  else await new Console(page).signIn(who);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** `look` for a page that is not the test's own, as on a phone. */
export async function lookAt(page: Page, info: TestInfo, name: string): Promise<void> {
  if (process.env.SALDAR_E2E_DB === 'postgres') return;
  const scripts = info.project.use.javaScriptEnabled !== false;
  if (scripts) await expectAccessible(page);
  // A page that scripts do not change is the one that was checked with them on.
  else if (await page.locator('leptos-island, noscript').count()) await expectCopyAccessible(page);
  await expectNoSidewaysScroll(page);
  // With scripts off a page looks as it does with them on.
  if (scripts && process.env.SALDAR_PICTURES) await picture(page, join(logs, 'pictures', info.project.name, name));
}

/** Fails on anything that axe calls serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  // No page has frames: what axe does for them, and what nobody reads, is left out.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'], preload: false });
  const { violations } = await axe.analyze();
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
