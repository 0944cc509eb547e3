// A debtor tells of a payment made elsewhere and gets a receipt; and sees what is held about them.
import { Console } from '../pages/console';
import { Portal } from '../pages/portal';
import { expect, lookAt, test } from '../support/fixtures';

test.use({ as: 'agente' });

test('a payment made elsewhere is told, found, and has its receipt', async ({ page, browser, book, look }, info) => {
  test.slow();
  const number = book.account('reported');
  const { viewport, hasTouch, isMobile, javaScriptEnabled, locale } = info.project.use;
  const visitor = await browser.newContext({
    viewport, hasTouch, isMobile, javaScriptEnabled, locale, baseURL: process.env.SALDAR_URL, storageState: undefined,
  });
  const portal = new Portal(await visitor.newPage());
  const main = portal.page.getByRole('main');
  await portal.signIn(book.document, book.email);
  await portal.open(number);

  // Paying from one's own bank: where to, and by which reference.
  await portal.page.getByRole('link', { name: 'Pagar', exact: true }).click();
  await expect(main).toContainText('Transferencia bancaria');
  const reference = /[2-9A-HJKMNP-Z]{4} [2-9A-HJKMNP-Z]{4}/;
  await expect(main.getByText(reference).first()).toBeVisible();
  await lookAt(portal.page, info, 'portal-transfer');

  await portal.page.getByRole('link', { name: 'Ya transferí sin la referencia' }).click();
  await expect(portal.title).toHaveText('Ya pagué');
  await lookAt(portal.page, info, 'portal-report');
  const send = portal.page.getByRole('button', { name: 'Avisar de mi pago' });
  await portal.page.getByLabel('¿Cuánto pagaste?').fill('320.50');
  await send.click();
  await expect(portal.page.getByRole('alert')).toContainText('Elige cómo pagaste');
  await expect(portal.page.getByLabel('¿Cuánto pagaste?')).toHaveValue('320.50');
  await lookAt(portal.page, info, 'portal-report-refused');
  await portal.page.getByLabel('¿Qué día?').fill('2026-11-18');
  await portal.page.getByRole('radio', { name: 'Depósito en un banco' }).check();
  await portal.page.getByLabel('¿Dónde?').fill('Banco de la esquina');
  await portal.page.getByLabel('Foto o documento').setInputFiles({ name: 'comprobante.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 comprobante') });
  await send.click();
  await expect(portal.title).toHaveText('Tu aviso de pago');
  await expect(main).toContainText('Estamos buscando tu pago');
  await lookAt(portal.page, info, 'portal-reported');
  const id = new URL(portal.page.url()).pathname.split('/').pop()!;

  // The agent reads of it on the account, looks at the slip, and confirms it.
  await new Console(page).open(number);
  await expect(page.getByRole('main')).toContainText('Dice que ya pagó');
  await look('console-account-reported');
  await page.goto('/console/pagos-reportados');
  await page.goto(`/console/pagos-reportados/${id}`);
  await look('console-report');
  const slip = await page.request.get((await page.getByRole('link', { name: 'Descargar comprobante.pdf' }).getAttribute('href'))!);
  expect(slip.headers()['content-disposition']).toMatch(/^attachment; filename="archivo-[0-9a-f]+\.pdf"$/);
  await page.getByRole('button', { name: 'Confirmar y dar recibo' }).click();
  await expect(page.getByRole('main')).toContainText('la persona tiene su recibo');

  await portal.page.reload();
  await expect(main).toContainText('Encontramos tu pago');
  await portal.page.getByRole('link', { name: 'Ver mi recibo' }).click();
  await expect(portal.title).toHaveText(/^Recibo C-/);
  await expect(main).toContainText('320.50');

  // What is held: the look of the agent is there, by position; and it can be taken along.
  await portal.page.goto('/mis-datos');
  await expect(portal.title).toHaveText('Mis datos');
  const looks = main.locator('section', { has: portal.page.getByRole('heading', { name: 'Quién abrió tu expediente' }) });
  await expect(looks.getByRole('listitem').filter({ hasText: number })).toContainText('Gestor');
  await expect(main).toContainText(book.email);
  await lookAt(portal.page, info, 'portal-own-data');
  await portal.page.getByRole('link', { name: 'Llevarme mis datos' }).click();
  await lookAt(portal.page, info, 'portal-own-data-paper');
  const file = await portal.page.request.post('/mis-datos/exportar', { headers: { 'Sec-Fetch-Site': 'same-origin' } });
  expect(file.headers()['content-disposition']).toMatch(/^attachment; filename="mis-datos-\d{4}-\d\d-\d\d\.json"$/);
  expect((await file.json()).person.name).toBe(book.name);

  // Wishes are kept and shown again.
  await portal.page.goto('/mis-preferencias');
  await portal.page.getByRole('checkbox', { name: 'Lunes' }).check();
  await portal.page.getByLabel('Desde').fill('16:00');
  await portal.page.getByLabel('Hasta').fill('15:00');
  await portal.page.getByRole('button', { name: 'Guardar' }).click();
  await expect(portal.page.getByRole('alert')).toContainText('La hora final debe ser después');
  await portal.page.getByLabel('Hasta').fill('18:00');
  await portal.page.getByRole('button', { name: 'Guardar' }).click();
  await expect(main).toContainText('Guardamos lo que elegiste');
  await expect(portal.page.getByRole('checkbox', { name: 'Lunes' })).toBeChecked();
  await lookAt(portal.page, info, 'portal-preferences');
  await visitor.close();
});
