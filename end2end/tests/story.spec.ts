// One debt from the creditor's file to the doorstep, on three surfaces.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collector, enrolmentCode, figure, Phone } from '../pages/field';
import { section } from '../pages/parts';
import { expectPdf, Portal } from '../pages/portal';
import { expect, lookAt, test } from '../support/fixtures';

const fixtures = join(__dirname, '../fixtures');
const mapping = join(fixtures, 'cartera.toml');
const DEBTOR = 'Rebeca Quiroz Salinas';

test.use({ as: 'supervisora' });

test('a debt is imported, seen, paid in part, and collected in cash', async ({ page, office, browser, saldar, look }, info) => {
  test.setTimeout(180_000);
  const tag = info.project.name.toUpperCase().slice(0, 4);
  const { folder, file, email, document, number } = ownFile(tag);

  await test.step('the file is checked, imported, and changes nothing a second time', async () => {
    await office.upload(`NOVA-${tag}`, file, mapping);
    await expect(page.getByText('El archivo está bien.')).toBeVisible();
    await expect(office.tile('Filas')).toContainText('5');
    await expect(office.tile('Cuentas nuevas')).toContainText('5');
    const totals = section(page, 'Totales de control').getByRole('row');
    for (const [part, sum] of [['Capital', '89,930.25'], ['Intereses', '6,610.50'], ['Intereses moratorios', '4,544.00'], ['Impuestos', '1,784.72']]) {
      await expect(totals.filter({ has: page.getByRole('rowheader', { name: part, exact: true }) })).toContainText(sum);
    }
    await look('console-import-checked');
    await page.getByRole('button', { name: 'Importar 5 cuentas' }).click();
    await expect(page.getByText('Se importaron 5 cuentas.')).toBeVisible();
    await look('console-imported');
    await office.upload(`NOVA-${tag}`, file, mapping);
    await expect(page.getByText('Todas estas cuentas ya están')).toBeVisible();
    rmSync(folder, { recursive: true });
  });

  await test.step('the account is found in the console', async () => {
    await office.open(number);
    await expect(office.title).toHaveText(DEBTOR);
    await office.expectBalance('8,919.90');
    await look('console-imported-account');
  });

  const visitor = await browser.newContext({ ...contextOptions(info), baseURL: process.env.SALDAR_URL });
  const portal = new Portal(await visitor.newPage());
  await test.step('its debtor signs in and pays a part', async () => {
    await portal.signIn(document, email);
    await portal.toPayment(number);
    await portal.chooseOther('2,000.00');
    await portal.expectGateway('2,000.00');
    await portal.decide('Aprobar el pago');
    await portal.expectPaid();
    await portal.toReceipt();
    await expect(portal.page.getByRole('main')).toContainText('6,919.90');
    await lookAt(portal.page, info, 'story-receipt');
    const pdf = await portal.page.getByRole('link', { name: 'Descargar en PDF' }).getAttribute('href');
    await expectPdf(portal.page, pdf!);
    await office.open(number);
    await office.expectBalance('6,919.90');
    await expect(section(page, 'Pagos')).toContainText('2,000.00');
  });

  await test.step('a visit is planned', async () => {
    await page.getByText('Programar visita', { exact: true }).first().click();
    await page.getByLabel('Cobrador').selectOption({ label: collector(info) });
    await page.getByRole('button', { name: 'Guardar visita' }).click();
    await expect(page.getByText('La visita quedó en la ruta de ese día.')).toBeVisible();
    await look('console-visit-planned');
  });

  const phone = new Phone(info);
  const code = await enrolmentCode(page, collector(info));
  const app = await phone.open(false);
  await app.enrol(code);
  await app.expectInstalled();
  await app.stop(DEBTOR);
  expect(await app.account()).toBe(number);
  expect(await app.owed()).toBe(6919.9);
  const left = 6799.9;

  await test.step('the collector takes cash without a network', async () => {
    await phone.network(false);
    await app.takeCash('120.00');
    await expect(app.sync).toContainText('Sin conexión · 2 por enviar');
    await office.open(number);
    await office.expectBalance('6,919.90');
    await phone.network(true);
    await expect(app.sync).toContainText('Todo enviado', { timeout: 20_000 });
    await expect(app.page.getByText('Aplicado a la cuenta')).toBeVisible();
    await lookAt(app.page, info, 'story-field-receipt');
  });

  await test.step('all three surfaces tell the same balance, and the books agree', async () => {
    await app.stop(DEBTOR);
    await expect.poll(() => app.owed(), { timeout: 15_000 }).toBe(left);
    await office.open(number);
    await office.expectBalance(figure(left));
    await expect(section(page, 'Pagos')).toContainText('120.00');
    await portal.open(number);
    await expect(portal.page.getByRole('region', { name: 'Lo que debes' })).toContainText(figure(left));
    await expect(section(portal.page, 'Tus pagos y recibos')).toContainText('120.00');
    expect(JSON.parse(saldar('verify', 'all', '--json'))).toMatchObject({ differences: [] });
  });
  await visitor.close();
  await phone.discard();
});

/** The creditor's file with numbers, documents and addresses of its own. */
function ownFile(tag: string) {
  const folder = mkdtempSync(join(tmpdir(), 'saldar-story-'));
  const file = join(folder, 'cartera.csv');
  const text = readFileSync(join(fixtures, 'cartera.csv'), 'utf8');
  writeFileSync(file, text.replaceAll('NV-', `NV-${tag}-`).replaceAll('QUSR8502140A1', `QUSR850214${tag}`).replaceAll('@', `.${tag.toLowerCase()}@`));
  return { folder, file, email: `rebeca.quiroz.${tag.toLowerCase()}@example.com`, document: `QUSR850214${tag}`, number: `NV-${tag}-000101` };
}

function contextOptions(info: import('@playwright/test').TestInfo) {
  const { viewport, hasTouch, isMobile, locale, timezoneId } = info.project.use;
  return { viewport, hasTouch, isMobile, locale, timezoneId };
}
