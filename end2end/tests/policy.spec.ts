// A manager edits the offer policy and tries the draft on an account, without saving it.
import { Console } from '../pages/console';
import { expect, test } from '../support/fixtures';

test('a draft of the policy is tried beside what holds', { tag: '@plain' }, async ({ page, book, look }) => {
  const office = new Console(page);
  const main = page.getByRole('main');
  await office.signIn('gerente');
  await page.goto('/console/politica-de-ofertas');
  await expect(office.title).toHaveText('Política de ofertas');
  await expect(main).toContainText('Oferta «Pago único»');
  await expect(main).not.toContainText('standard');
  await look('console-offer-policy');

  await page.getByRole('link', { name: 'Cambiar la política' }).click();
  await page.getByRole('button', { name: 'Quitar oferta 2 de la regla 1' }).click();
  await page.getByLabel('Vale (días)').first().fill('x');
  await page.getByLabel('Número de cuenta').fill(book.account('agreed'));
  await page.getByRole('button', { name: 'Guardar versión' }).click();
  await expect(office.alert.first()).toContainText('Regla «General», oferta «Pago único»: Escriba un número entero');

  await page.getByLabel('Vale (días)').first().fill('20');
  await page.getByRole('button', { name: 'Probar' }).last().click();
  await expect(main).toContainText('Rige «General».');
  const short = page.getByRole('row').filter({ hasText: 'Plan corto' });
  await expect(short).toContainText('No se ofrece');
  await look('console-offer-policy-draft');

  // Nothing holds before it is saved, and saving asks why.
  await page.getByRole('button', { name: 'Guardar versión' }).click();
  await expect(office.alert.first()).toContainText('Escribir por qué cambia');
});
