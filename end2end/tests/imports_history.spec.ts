// Past imports and the record of each.
import { join } from 'node:path';
import { expect, test } from '../support/fixtures';

const fixtures = join(__dirname, '../fixtures');

test.use({ as: 'supervisora' });

test('a past import shows what proves it', { tag: '@plain' }, async ({ page, book, look }) => {
  await page.goto('/console/importaciones');
  await look('console-imports');
  const word = book.stranger.split('-')[0];
  await page.getByRole('link', { name: `${word}.csv` }).first().click();
  await expect(page).toHaveURL(/\/console\/importaciones\/[0-9a-f-]{36}$/);
  await expect(page.getByText('El archivo se importó completo.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Totales de control' })).toContainText('Capital');
  await expect(page.getByText(/^[0-9a-f]{64}$/).first()).toBeVisible();
  await look('console-import-record');
});

test('a rejected file leaves its record, too', async ({ page, saldar, look }, info) => {
  const creditor = `ACTAS-${info.project.name}-${info.workerIndex}`;
  const file = join(fixtures, 'cartera-con-errores.csv');
  const refused = () => saldar('import', 'portfolio', file, '--creditor', creditor, '--mapping', join(fixtures, 'cartera.toml'));
  expect(refused, 'the command line says no').toThrow();
  await page.goto('/console/importaciones');
  const row = page.getByRole('row').filter({ hasText: 'cartera-con-errores.csv' }).first();
  await expect(row).toContainText('Rechazada');
  await row.getByRole('link').click();
  await expect(page.getByText('El archivo tenía errores: no se escribió nada.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Errores por fila' })).toBeVisible();
  await look('console-import-rejected');
});
