// From the link in a message to the receipt with the keyboard alone: three pages of ours, and the
// gateway's between them.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';

test('from a link to the receipt with the keyboard alone', { tag: '@plain' }, async ({ page, portal, book }) => {
  await portal.askForCode(book.document);
  const { link } = await portal.message(book.email);
  const visited: string[] = [];
  page.on('framenavigated', (frame) => visited.push(new URL(frame.url()).pathname));

  await page.goto(link);
  await tabTo(page, 'Últimos 4 caracteres de tu documento');
  await page.keyboard.type(book.document.slice(-4));
  await page.keyboard.press('Enter');
  await expect(portal.title).toHaveText('Tus deudas');
  const debt = page.getByRole('listitem').filter({ hasText: book.account('keyboard') });
  await tabTo(page, /^Pagar \$/, debt);
  await page.keyboard.press('Enter');
  await portal.expectGateway('1,250.00');
  await tabTo(page, 'Aprobar el pago');
  await page.keyboard.press('Enter');
  await portal.expectPaid();
  await expect(page.getByRole('main')).toContainText(book.account('keyboard'));
  await expect(page.getByRole('link', { name: 'Descargar en PDF' })).toBeVisible();

  const ours = new Set(visited.filter((path) => !path.startsWith('/sandbox')));
  expect([...ours], 'pages of ours').toHaveLength(3);
});

/** Presses Tab until what has this name has the focus. */
async function tabTo(page: Page, name: string | RegExp, within: ReturnType<Page['locator']> = page.locator('body')) {
  const wanted = within.getByRole('button', { name }).or(within.getByLabel(name));
  for (let press = 0; press < 150; press += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.and(page.locator(':focus')).count()) return;
  }
  throw new Error(`Tab does not lead to ${name}`);
}
