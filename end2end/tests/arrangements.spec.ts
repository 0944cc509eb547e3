// Plans and settlements: proposed from an account, offered, accepted, cancelled.
import { expect, test } from '../support/fixtures';

test.describe('agent', () => {
  test.use({ as: 'agente' });

  test('a plan is previewed, offered and accepted', { tag: '@plain' }, async ({ page, office, book, look }) => {
    await office.open(book.account('activity'));
    await page.getByRole('link', { name: 'Proponer convenio' }).click();
    await look('console-proposal');
    await page.getByLabel('Número de cuotas').fill('0');
    await page.getByRole('button', { name: 'Ver cómo queda' }).click();
    await expect(page.getByLabel('Número de cuotas')).toHaveAttribute('aria-invalid', 'true');
    await page.getByLabel('Número de cuotas').fill('5');
    await page.getByRole('button', { name: 'Ver cómo queda' }).click();
    await expect(page.getByRole('region', { name: 'Calendario de pagos' }).getByRole('row')).toHaveCount(6);
    await look('console-proposal-preview');
    await page.getByRole('button', { name: 'Ofrecer' }).click();
    await expect(page.getByText('La oferta quedó hecha.')).toBeVisible();
    await page.getByRole('button', { name: 'El deudor acepta' }).click();
    await expect(page.getByLabel('Prueba de la aceptación')).toHaveAttribute('aria-invalid', 'true');
    await page.getByLabel('Prueba de la aceptación').fill('Grabación 4711: «sí, acepto».');
    await page.getByRole('button', { name: 'El deudor acepta' }).click();
    await expect(page.getByText('La aceptación quedó registrada.')).toBeVisible();
    await expect(page.getByText('Grabación 4711')).toBeVisible();
    await look('console-arrangement');
    await page.goto('/console/convenios?estado=active');
    await expect(office.rows.filter({ hasText: book.name }).first()).toContainText('Vigente');
    await look('console-arrangements');
  });

  test('a discount beyond the role is not offered, and says why', async ({ page, office, book, look }) => {
    await office.open(book.account('breakdown'));
    await page.getByRole('link', { name: 'Proponer convenio' }).click();
    await page.getByLabel('Convenio con quita').check();
    await page.getByLabel('Capital', { exact: false }).first().fill('30');
    await page.getByRole('button', { name: 'Ver cómo queda' }).click();
    await expect(page.getByText(/Su función no permite ofrecerlo así/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Ofrecer' })).toHaveCount(0);
    await look('console-proposal-beyond');
  });
});

test.describe('supervisor and manager', () => {
  test('what is beyond a supervisor waits for a manager, and what was agreed can be cancelled', async ({ page, office, book, look }) => {
    await office.signIn('supervisora');
    await office.open(book.account('breakdown'));
    await page.getByRole('link', { name: 'Proponer convenio' }).click();
    await page.getByLabel('Convenio con quita').check();
    await page.locator('#discount_principal').fill('30');
    await page.getByRole('button', { name: 'Ver cómo queda' }).click();
    await expect(page.getByText(/gerencia debe aprobarlo/)).toBeVisible();
    await page.getByRole('button', { name: 'Ofrecer' }).click();
    await expect(page.getByText('La oferta quedó hecha.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'El deudor acepta' })).toHaveCount(0);
    await look('console-arrangement-waits');
    const address = new URL(page.url()).pathname;

    await page.context().clearCookies();
    await office.signIn('gerente');
    await page.goto(address);
    await page.getByRole('button', { name: 'Aprobar la oferta' }).click();
    await expect(page.getByText('La oferta quedó aprobada.')).toBeVisible();
    await page.getByLabel('Prueba de la aceptación').fill('Firmó en la oficina.');
    await page.getByRole('button', { name: 'El deudor acepta' }).click();
    await expect(page.getByText('La aceptación quedó registrada.')).toBeVisible();
    await page.getByText('Cancelar', { exact: true }).click();
    await page.getByRole('button', { name: 'Cancelar el convenio' }).click();
    await expect(page.getByLabel('Motivo')).toHaveAttribute('aria-invalid', 'true');
    await page.getByLabel('Motivo').fill('El deudor pidió otro plazo');
    await page.getByRole('button', { name: 'Cancelar el convenio' }).click();
    await expect(page.getByText('El convenio quedó cancelado.')).toBeVisible();
    await expect(office.summary).toContainText('Cancelado');
    await look('console-arrangement-cancelled');
  });
});
