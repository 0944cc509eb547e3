// A debtor sees what is offered, proposes less, takes a counter-offer and has the agreement in hand.
import { Portal } from '../pages/portal';
import { expect, test } from '../support/fixtures';

test('a proposal is answered at once and becomes an agreement', { tag: '@plain' }, async ({ page, book, look }) => {
  test.slow();
  const portal = new Portal(page);
  const main = page.getByRole('main');
  const number = book.account('agreed');
  await portal.signIn(book.document, book.email);
  await portal.open(number);
  await page.getByRole('link', { name: 'Pagar en partes' }).click();
  await expect(portal.title).toHaveText('Opciones para pagar');
  await expect(page.getByRole('button', { name: 'Elegir esta' })).toHaveCount(3);
  await look('portal-options');

  // No sense: told beside the field, and what was typed stays.
  await page.getByLabel('¿En cuántos pagos?').fill('0');
  await page.getByLabel('Total que pagarías').fill('100');
  await page.getByRole('button', { name: 'Proponer' }).click();
  await expect(page.getByRole('alert')).toContainText('Escribe cuántos pagos quieres hacer');
  await expect(page.getByLabel('Total que pagarías')).toHaveValue('100');

  await page.getByLabel('¿En cuántos pagos?').fill('3');
  await page.getByRole('button', { name: 'Proponer' }).click();
  await expect(portal.title).toHaveText('Esto sí podemos');
  await expect(main).toContainText('lo menos que podemos aceptar');
  await look('portal-counter-offer');

  await page.getByRole('button', { name: 'Elegir esta' }).first().click();
  await expect(portal.title).toHaveText('Tu acuerdo');
  await expect(main).toContainText('Falta que lo aceptes');
  await page.getByRole('button', { name: 'Aceptar el acuerdo' }).click();
  await expect(page.getByRole('alert')).toContainText('Marca que leíste y aceptas las condiciones');
  await look('portal-agreement-offered');
  await page.getByRole('checkbox', { name: /^Leí las condiciones y acepto pagar/ }).check();
  await page.getByRole('button', { name: 'Aceptar el acuerdo' }).click();
  await expect(main).toContainText('Vigente');
  await expect(main).toContainText('Lo aceptaste el');
  await look('portal-agreement');

  const pdf = await page.request.get(`${page.url()}/pdf`);
  expect(pdf.headers()['content-type']).toBe('application/pdf');
  expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');

  // What does not fit this month goes to the end, once, and the total stays.
  await page.getByText('Saltar este pago').click();
  await page.getByRole('button', { name: 'Dejarlo para el final' }).click();
  await expect(page.getByText('Pagar otro día')).toBeVisible();
  await expect(page.getByText('Saltar este pago')).toHaveCount(0);
  await look('portal-agreement-changed');

  // Automatic payment: agreed to, its next charge seen, stopped.
  await page.getByRole('link', { name: 'Pago automático' }).click();
  await expect(portal.title).toHaveText('Pago automático');
  await page.getByRole('button', { name: 'Autorizar y guardar tarjeta' }).click();
  await expect(page.getByRole('alert')).toContainText('Marca que autorizas los cobros');
  await look('portal-autopay-off');
  await page.getByRole('checkbox', { name: /^Autorizo a .* a cobrar a mi tarjeta/ }).check();
  await page.getByRole('button', { name: 'Autorizar y guardar tarjeta' }).click();
  await expect(portal.title).toHaveText('Guardar tarjeta de prueba');
  await look('sandbox-card');
  await page.getByRole('button', { name: 'Guardar tarjeta que funciona (4242)' }).click();
  await expect(main).toContainText('Próximo cobro');
  await expect(main).toContainText('Visa terminada en 4242');
  await look('portal-autopay-on');
  await page.getByRole('button', { name: 'Detener el pago automático' }).click();
  await expect(main).toContainText('Está apagado');
  await page.goto(page.url().replace('/pago-automatico', ''));

  // The debt leads to it, and nothing else is offered beside it.
  const agreement = page.url();
  await portal.open(number);
  await expect(main).toContainText('Tus acuerdos');
  await page.getByRole('link', { name: 'Pagar en partes' }).click();
  await expect(page).toHaveURL(agreement);
});
