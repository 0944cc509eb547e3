// A payment that the payer's bank takes back: the debt is open again, and a person hears of it.
import { Portal } from '../pages/portal';
import { expect, lookAt, test } from '../support/fixtures';

test.use({ as: 'supervisora' });

test('a chargeback opens the debt again and waits for a person', { tag: '@plain' }, async ({ page, browser, book, session, look }, info) => {
  const number = book.account('disputed');
  const { viewport, hasTouch, isMobile, javaScriptEnabled, locale } = info.project.use;
  const visitor = await browser.newContext({
    viewport, hasTouch, isMobile, javaScriptEnabled, locale, baseURL: process.env.SALDAR_URL, storageState: await session('debtor'),
  });
  const portal = new Portal(await visitor.newPage());
  await portal.toPayment(number);
  await portal.chooseAll();
  await portal.expectGateway('1,250.00');
  const bank = portal.page.url();
  await portal.decide('Aprobar el pago');
  await portal.expectPaid();
  await portal.toReceipt();
  const receipt = portal.page.url().split('/').pop()!;

  await portal.page.goto(bank);
  await portal.page.getByRole('button', { name: 'Disputar el pago en el banco (contracargo)' }).click();
  await expect(portal.page.getByRole('status')).toContainText('el pago está en disputa');
  await lookAt(portal.page, info, 'sandbox-disputed');

  await expect(async () => {
    await portal.page.goto(`/recibos/${receipt}`);
    await expect(portal.page.getByText('Este pago se anuló')).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await portal.open(number);
  const main = portal.page.getByRole('main');
  await expect(main).toContainText('1,250.00');
  await expect(main).toContainText('Tu banco lo retiró');
  await lookAt(portal.page, info, 'portal-charged-back');

  await page.goto('/console/excepciones');
  const row = page.getByRole('row').filter({ has: page.locator(`a[href="/console/recibos/${receipt}"]`) });
  await expect(row).toContainText('El banco del pagador retiró el dinero');
  await look('console-exceptions');
  await row.getByRole('link', { name: 'Revisar' }).click();
  await page.getByRole('button', { name: 'Cerrar' }).click();
  await expect(page.getByText('Escriba qué se hizo').first()).toBeVisible();
  await look('console-exception');
  await page.getByLabel('Qué se hizo').fill('Se llamó al titular');
  await page.getByRole('button', { name: 'Cerrar' }).click();
  await expect(row).toHaveCount(0);
  await page.goto('/console/excepciones?cerradas=true');
  await expect(row).toContainText('Se llamó al titular');
  await page.goto(`/console/recibos/${receipt}`);
  await expect(page.getByText('El banco del pagador retiró este pago')).toBeVisible();
  await look('console-charged-back-receipt');
  await visitor.close();
});
