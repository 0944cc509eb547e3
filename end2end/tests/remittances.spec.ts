// Remittances: a commission is agreed, a statement made, handed out and paid. Auditors only look.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../support/fixtures';

test.describe('auditor', () => {
  test.use({ as: 'auditora' });

  test('reads remittances and makes none', { tag: '@plain' }, async ({ page, look }) => {
    await page.goto('/console/rendiciones');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Rendiciones');
    await expect(page.getByRole('button', { name: 'Revisar' })).toHaveCount(0);
    await look('console-remittances-auditor');
  });
});

test.describe('agent', () => {
  test.use({ as: 'agente' });

  test('sees no remittances', async ({ page }) => {
    const answer = await page.goto('/console/rendiciones');
    expect(answer!.status()).toBe(403);
  });
});

test.describe('manager', () => {
  test('agrees a commission, states what was collected, hands it out and pays it', async ({ page, office, saldar, look }, info) => {
    const creditor = `RENDIR-${info.project.name}-${info.workerIndex}`.toUpperCase();
    const number = `${creditor}-1`;
    importAccount(saldar, creditor, number);
    await office.signIn('gerente');
    await office.open(number);
    await office.form('Registrar pago');
    await page.getByLabel('Importe recibido').fill('400');
    await page.getByRole('button', { name: 'Aplicar pago' }).click();
    await expect(page.getByText('El pago quedó aplicado.')).toBeVisible();

    await page.goto('/console/rendiciones');
    await page.getByRole('link', { name: creditor }).click();
    await expect(page.getByText('Todavía no se acordó ninguna comisión')).toBeVisible();
    await page.getByLabel('Comisión por tramos').fill('quince');
    await page.getByRole('button', { name: 'Guardar la versión' }).click();
    await expect(page.getByLabel('Comisión por tramos')).toHaveAttribute('aria-invalid', 'true');
    await page.getByLabel('Vale desde').fill('2026-11-01');
    await page.getByLabel('Comisión por tramos').fill('0 15');
    await page.getByLabel('Impuesto sobre comisión y cargos').fill('16');
    await page.getByRole('button', { name: 'Guardar la versión' }).click();
    await expect(page.getByRole('heading', { name: /Comisión, versión 1/ })).toBeVisible();
    await look('console-commission');

    await page.goto('/console/rendiciones');
    await page.getByLabel('Acreedor').selectOption({ label: creditor });
    await page.getByRole('button', { name: 'Revisar' }).click();
    await expect(page.getByRole('heading', { name: `Rendir a ${creditor}` })).toBeVisible();
    await look('console-remittance-check');
    await page.getByRole('button', { name: 'Hacer la rendición' }).click();
    await expect(page.getByText('La rendición quedó hecha.')).toBeVisible();
    const totals = page.getByRole('complementary', { name: 'Totales' });
    // 400.00 less 15 % and 16 % tax on it.
    for (const figure of ['400.00', '60.00', '9.60', '330.40']) await expect(totals).toContainText(figure);
    await look('console-remittance');
    const file = await page.request.get(`${new URL(page.url()).pathname}/csv`);
    expect(file.headers()['content-type']).toContain('text/csv');
    expect(await file.text()).toContain(number);
    await page.getByRole('button', { name: 'Registrar el pago' }).click();
    await expect(page.getByText('El pago al acreedor quedó registrado.')).toBeVisible();
    await expect(totals).toContainText('Pagada');
    await page.goto('/console/rendiciones');
    await look('console-remittances');
  });
});

function importAccount(saldar: (...args: string[]) => string, creditor: string, number: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'saldar-remit-'));
  const file = join(folder, 'cartera.csv');
  const header = 'external_id,debtor_document,debtor_name,debtor_kind,currency,country,due_on,principal';
  writeFileSync(file, `${header}\n${number},REN${number},Rendida ${number},person,MXN,MX,2026-09-05,1000.00\n`);
  saldar('import', 'portfolio', file, '--creditor', creditor);
  rmSync(folder, { recursive: true });
}
