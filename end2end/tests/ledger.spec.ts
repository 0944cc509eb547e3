// Terms make interest grow; the ledger shows it as of any day, and the explanation adds it up.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../support/fixtures';

test('terms are previewed and kept, and every figure that follows is explained', { tag: '@plain' }, async ({ page, office, saldar, look }, info) => {
  const creditor = `LIBRO-${info.project.name}-${info.workerIndex}`.toUpperCase();
  const number = `${creditor}-1`;
  importAccount(saldar, creditor, number);
  await office.signIn('gerente');

  await page.goto('/console/condiciones');
  await look('console-terms');
  const section = page.getByRole('region', { name: creditor }).or(page.locator('section, article', { hasText: creditor })).last();
  await section.getByRole('link').first().click();
  await page.locator('select[name=default_source]').selectOption('fixed');
  await page.locator('input[name=default_pct]').fill('treinta');
  await page.getByRole('button', { name: 'Ver qué cambiaría' }).click();
  await expect(page.locator('input[name=default_pct]')).toHaveAttribute('aria-invalid', 'true');
  await page.locator('input[name=default_pct]').fill('36');
  await page.locator('select[name=default_method]').selectOption('simple:ACT/360');
  await page.locator('input[name=default_vat]').fill('16');
  await page.locator('textarea[name=note]').fill('Contrato marco 2026');
  await page.getByRole('button', { name: 'Ver qué cambiaría' }).click();
  await look('console-terms-preview');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await expect(page.getByText('Contrato marco 2026').first()).toBeVisible();

  await office.open(number);
  const account = new URL(page.url()).pathname;
  await page.goto(`${account}/libro/explicacion?as_of=${later(30)}`);
  // 10,000.00 at 36 % for 30 days of 360, and 16 % on it.
  for (const figure of ['300.00', '48.00', '10,348.00']) await expect(page.getByText(figure).first()).toBeVisible();
  await look('console-explain');
  await page.goto(`${account}/libro?as_of=${later(30)}`);
  await expect(page.getByText('10,348.00').first()).toBeVisible();
  const file = await page.request.get(`${account}/libro/csv`);
  expect(file.headers()['content-type']).toContain('text/csv');
});

test.describe('auditor', () => {
  test.use({ as: 'auditora' });

  test('reads terms and keeps none', { tag: '@plain' }, async ({ page }) => {
    await page.goto('/console/condiciones');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('a[href*="/condiciones/nueva"]')).toHaveCount(0);
  });
});

/** So many days after the tests' own today. */
function later(days: number): string {
  const today = new Date((process.env.SALDAR_CLOCK ?? '2026-11-20T18:00:00Z').slice(0, 10) + 'T12:00:00Z');
  return new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

function importAccount(saldar: (...args: string[]) => string, creditor: string, number: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'saldar-libro-'));
  const file = join(folder, 'cartera.csv');
  const header = 'external_id,debtor_document,debtor_name,debtor_kind,currency,country,due_on,principal';
  writeFileSync(file, `${header}\n${number},LIB${number},Deudora ${number},person,MXN,MX,2026-09-05,10000.00\n`);
  saldar('import', 'portfolio', file, '--creditor', creditor);
  rmSync(folder, { recursive: true });
}
