// A debtor says that a debt is not right, with a photo of a receipt; the agency answers in writing.
import { Console } from '../pages/console';
import { Portal } from '../pages/portal';
import { expect, lookAt, test } from '../support/fixtures';
import { CARD } from '../support/scan';

test.use({ as: 'agente' });

/** A picture of one pixel. */
const photo = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test('a debt in dispute is held, answered, and the debtor reads the answer', { tag: '@plain' }, async ({ page, browser, book, session, look }, info) => {
  // Two people walk through a dozen pages.
  test.slow();
  const number = book.account('contested');
  const { viewport, hasTouch, isMobile, javaScriptEnabled, locale } = info.project.use;
  const visitor = await browser.newContext({
    viewport, hasTouch, isMobile, javaScriptEnabled, locale, baseURL: process.env.SALDAR_URL, storageState: await session('debtor'),
  });
  const portal = new Portal(await visitor.newPage());
  const main = portal.page.getByRole('main');
  await portal.open(number);
  await portal.page.getByRole('link', { name: 'No estoy de acuerdo' }).click();
  await expect(portal.title).toHaveText('No estoy de acuerdo');
  await lookAt(portal.page, info, 'portal-disagree');

  // Nothing chosen, and a file that is no picture: told beside the field, and what was typed stays.
  const send = portal.page.getByRole('button', { name: 'Enviar', exact: true });
  await portal.page.getByLabel('Cuéntanos más').fill(`Pagué la cuota de mayo en la tienda con mi tarjeta ${CARD}.`);
  await send.click();
  await expect(portal.page.getByRole('alert')).toContainText('Elige lo que más se parece a tu caso');
  await portal.page.getByRole('radio', { name: /^La cantidad no está bien/ }).check();
  await portal.page.getByLabel('Foto o documento').setInputFiles({ name: 'recibo.png', mimeType: 'image/png', buffer: Buffer.from('<html>') });
  await send.click();
  await expect(portal.page.getByRole('alert')).toContainText('no es PDF, JPEG ni PNG');
  await lookAt(portal.page, info, 'portal-disagree-refused');
  await expect(portal.page.getByLabel('Cuéntanos más')).toHaveValue('Pagué la cuota de mayo en la tienda con mi tarjeta •••• •••• •••• 1111.');
  await portal.page.getByLabel('Foto o documento').setInputFiles({ name: 'recibo.png', mimeType: 'image/png', buffer: photo });
  await send.click();
  await expect(portal.title).toHaveText('La cantidad no está bien');
  await expect(main).toContainText('no te cobramos esta deuda');
  await lookAt(portal.page, info, 'portal-case');
  const id = new URL(portal.page.url()).pathname.split('/').pop()!;

  // The debt says so, and urges nothing.
  await portal.open(number);
  await expect(main).toContainText('La estamos revisando');
  await expect(main.getByText(/Debes hoy|Venció/)).toHaveCount(0);
  await expect(portal.page.getByRole('link', { name: 'Pagar', exact: true })).toHaveCount(0);
  await lookAt(portal.page, info, 'portal-disputed');

  // The account tells the agent not to collect, and leads to the case.
  const office = new Console(page);
  await office.open(number);
  await expect(page.getByRole('main')).toContainText('En disputa: no cobrar esta deuda');
  await page.goto('/console/casos?tipo=dispute');
  await look('console-cases');
  await page.goto(`/console/casos/${id}`);
  await expect(page.getByRole('main')).toContainText('Pagué la cuota de mayo en la tienda con mi tarjeta ••••');
  await look('console-case');
  const address = (await page.getByRole('link', { name: 'Descargar recibo.png' }).getAttribute('href'))!;
  const evidence = await page.request.get(address);
  expect(evidence.status()).toBe(200);
  expect(evidence.headers()['content-disposition']).toMatch(/^attachment; filename="archivo-[0-9a-f]+\.png"$/);
  expect(evidence.headers()['x-content-type-options']).toBe('nosniff');
  expect((await evidence.body()).equals(photo)).toBe(true);
  // A debtor's session opens nothing of the console.
  const barred = await portal.page.request.get(address, { maxRedirects: 0 });
  expect(barred.status()).toBe(303);

  await page.getByRole('button', { name: 'Tomar el caso' }).click();
  await page.getByLabel('Mensaje').fill('¿De qué tienda es el recibo?');
  await page.getByLabel('Necesitamos que conteste').check();
  await page.getByRole('button', { name: 'Enviar mensaje' }).click();
  await portal.page.goto(`/casos/${id}`);
  await expect(main).toContainText('¿De qué tienda es el recibo?');
  await portal.page.getByLabel('Tu mensaje').fill('De la esquina.');
  await portal.page.getByRole('button', { name: 'Enviar mensaje' }).click();
  await expect(main).toContainText('De la esquina.');

  await page.reload();
  await page.getByRole('button', { name: 'Enviar respuesta' }).click();
  await expect(page.getByText('Elija qué se decidió').first()).toBeVisible();
  await page.getByRole('radio', { name: 'Aceptado', exact: true }).check();
  await page.getByLabel('La respuesta').fill('Tiene razón: el pago de mayo faltaba y lo sumamos.');
  await page.getByRole('button', { name: 'Enviar respuesta' }).click();
  await expect(page.getByRole('main')).toContainText('La persona ya puede leer la respuesta.');
  await look('console-case-answered');

  await portal.page.goto('/casos');
  await lookAt(portal.page, info, 'portal-cases');
  await portal.page.locator(`a[href="/casos/${id}"]`).click();
  await expect(main).toContainText('Tiene razón: el pago de mayo faltaba y lo sumamos.');
  await lookAt(portal.page, info, 'portal-case-answered');
  // What was accepted stays held until it is done.
  await portal.open(number);
  await expect(main).toContainText('La estamos revisando');
  await page.getByRole('button', { name: 'Cerrar el caso' }).click();
  await portal.open(number);
  await expect(main).toContainText('Debes hoy');
  await visitor.close();
});
