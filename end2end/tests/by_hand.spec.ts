// Movements by hand are previewed, posted and taken back; a debt is replaced by another.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../support/fixtures';

test('a charge by hand is previewed, posted and taken back, and the debt restructured', { tag: '@plain' }, async ({ page, office, saldar, look }, info) => {
  const creditor = `MANO-${info.project.name}-${info.workerIndex}`.toUpperCase();
  const number = `${creditor}-1`;
  importAccount(saldar, creditor, number);
  await office.signIn('gerente');
  const account = await office.open(number);

  await page.goto(`${account}/libro`);
  await page.getByRole('link', { name: 'Movimiento manual' }).click();
  await page.getByRole('radio', { name: /^Recargo/ }).check();
  await page.getByLabel('Parte de la deuda').selectOption('collection_cost');
  await page.getByLabel('Importe (MXN)').fill('150.00');
  await page.getByRole('button', { name: 'Ver qué cambiaría' }).click();
  await expect(page.getByRole('row', { name: /Total/ })).toContainText('1,150.00');
  await look('console-by-hand');
  await page.getByRole('button', { name: 'Asentar' }).click();
  await expect(page.getByLabel('Motivo')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Motivo').fill('Notificación notarial');
  await page.getByRole('button', { name: 'Asentar' }).click();
  await office.expectBalance('1,150.00');

  await page.goto(`${account}/libro`);
  await page.getByText('Recargo', { exact: true }).last().click();
  await page.getByRole('link', { name: 'Anular' }).click();
  await expect(page.getByRole('row', { name: /Total/ })).toContainText('1,000.00');
  await page.getByLabel('Motivo').fill('Se cargó a otra cuenta');
  await page.getByRole('button', { name: 'Anular movimiento' }).click();
  await office.expectBalance('1,000.00');

  await page.getByRole('link', { name: 'Reestructurar' }).click();
  await page.getByLabel('Número de la deuda nueva').fill(`${number}-R`);
  await page.getByLabel('Vence el').fill('2027-01-31');
  await page.getByLabel('Motivo').fill('Convenio firmado en oficina');
  await page.getByRole('button', { name: 'Ver la deuda nueva' }).click();
  await expect(page.getByText('En total:')).toContainText('1,000.00');
  await look('console-restructure');
  await page.getByRole('button', { name: 'Reestructurar' }).click();
  await office.expectBalance('1,000.00');
  await expect(page.getByText('Reemplaza a')).toContainText(number);
  await page.getByRole('link', { name: number, exact: true }).first().click();
  await expect(page.getByText('Esta deuda se reestructuró')).toBeVisible();
  await office.expectBalance('0.00');
});

function importAccount(saldar: (...args: string[]) => string, creditor: string, number: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'saldar-mano-'));
  const file = join(folder, 'cartera.csv');
  const header = 'external_id,debtor_document,debtor_name,debtor_kind,currency,country,due_on,principal';
  writeFileSync(file, `${header}\n${number},MAN${number},Deudora ${number},person,MXN,MX,2026-09-05,1000.00\n`);
  saldar('import', 'portfolio', file, '--creditor', creditor);
  rmSync(folder, { recursive: true });
}
