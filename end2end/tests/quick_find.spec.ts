// The search box in the console's header: accounts while one types, the list without scripts.
import { expect, test } from '../support/fixtures';

test.use({ as: 'agente' });

test('the header finds accounts while one types, by keyboard alone', async ({ page, book, look }) => {
  await page.goto('/console/convenios');
  const box = page.getByRole('combobox', { name: 'Buscar' });
  await box.fill(book.document);
  const list = page.getByRole('listbox', { name: 'Cuentas encontradas' });
  await expect(list.getByRole('option')).toHaveCount(8);
  await expect(list.getByRole('option').first()).toContainText(book.name);
  await look('console-quick-find');
  await box.press('ArrowDown');
  const first = list.getByRole('option').first();
  await expect(first).toHaveAttribute('aria-selected', 'true');
  await expect(box).toHaveAttribute('aria-activedescendant', (await first.getAttribute('id'))!);
  await box.press('Escape');
  await expect(list).toHaveCount(0);
  await box.fill(book.stranger);
  await expect(list.getByRole('option')).toHaveCount(1);
  await box.press('ArrowDown');
  await box.press('Enter');
  await expect(page).toHaveURL(/\/console\/cuentas\/[0-9a-f-]{36}$/);
  expect(page.url(), 'no personal data in addresses').not.toContain('q=');
});

test('without a choice, Enter searches the list', { tag: '@plain' }, async ({ page, book, office }) => {
  await page.goto('/console/convenios');
  await page.locator('#q').fill(book.stranger);
  await page.locator('#q').press('Enter');
  await expect(page).toHaveURL(/[?&]q=/);
  await expect(office.rows).toHaveCount(1);
});
