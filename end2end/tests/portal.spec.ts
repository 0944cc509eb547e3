// The portal, as a debtor sees it; everything also with scripts off.
import { section } from '../pages/parts';
import { expectPdf } from '../pages/portal';
import { expect, test } from '../support/fixtures';

test.describe('before proof', { tag: '@plain' }, () => {
  test('a code signs in, a wrong one is refused, and signing out ends it', async ({ page, portal, book, look }) => {
    await portal.askForCode('NADIE000000XX0');
    const unknown = await page.getByRole('main').innerText();
    await portal.askForCode(book.other.document);
    expect(await page.getByRole('main').innerText(), 'known and unknown documents').toBe(unknown);
    await look('portal-code');

    const { code } = await portal.message(book.other.email);
    const wrong = code === '000000' ? '000001' : '000000';
    await portal.typeCode(wrong);
    const field = page.getByLabel('Código de 6 cifras');
    await expect(field).toHaveAccessibleDescription(/no es correcto o ya venció/);
    await expect(field).toHaveValue(''); // A secret is not sent back.
    await look('portal-code-refused');

    await portal.typeCode(code);
    await expect(portal.title).toHaveText('Tus deudas');
    await page.getByRole('button', { name: 'Salir' }).click();
    await expect(page.getByText('Saliste de tu cuenta')).toBeVisible();
    await page.goto('/deudas');
    await expect(page.getByText('Entra para ver esa página')).toBeVisible();
  });

  test('a link signs in once', async ({ page, portal, book, look }) => {
    await portal.askForCode(book.other.document);
    const { link } = await portal.message(book.other.email);
    await page.goto('/demo/mensajes');
    await look('portal-messages');
    await page.goto(link);
    await look('portal-link');
    await portal.useLink('0000');
    const known = page.getByLabel('Últimos 4 caracteres de tu documento');
    await expect(known).toHaveAccessibleDescription(/No coincide, o el enlace ya se usó/);
    await portal.useLink(book.other.document.slice(-4));
    await expect(portal.title).toHaveText('Tus deudas');
    await page.goto(link);
    await portal.useLink(book.other.document.slice(-4));
    await expect(known).toHaveAccessibleDescription(/No coincide, o el enlace ya se usó/);
  });

  test('an empty document is refused beside its field', async ({ page, portal, look }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Enviarme un código' }).click();
    await expect(page.getByLabel('Número de tu documento')).toHaveAccessibleDescription(/Escribe el número de tu documento/);
    await look('portal-home-refused');
    await page.getByRole('link', { name: 'Ayuda y privacidad' }).first().click();
    await expect(portal.title).toHaveText('Ayuda y privacidad');
    await look('portal-help');
  });
});

test.describe('signed in', { tag: '@plain' }, () => {
  test.use({ as: 'debtor' });

  test('the breakdown adds up, and the other language says the same', async ({ page, portal, book, look }) => {
    await page.goto('/deudas');
    await expect(page.getByText('Hola, Titular')).toBeVisible();
    await look('portal-debts');
    await portal.open(book.account('breakdown'));
    const made = section(page, 'De qué se compone');
    for (const [part, amount] of [
      ['Capital', '$8,250.00'], ['Intereses', '$412.50'], ['Intereses moratorios', '$165.00'],
      ['Recargos', '$80.00'], ['Gastos de cobranza', '$120.00'], ['Impuestos', '$124.40'], ['Total', '$9,151.90'],
    ]) {
      await expect(made.getByRole('definition').filter({ hasText: spaced(amount) }), part).toBeVisible();
      await expect(made.getByText(part, { exact: true })).toBeVisible();
    }
    await look('portal-debt');
    const statement = page.getByRole('link', { name: 'Estado de cuenta (PDF)' });
    await expectPdf(page, (await statement.getAttribute('href'))!);
    await page.getByRole('link', { name: 'No puedo pagar ahora' }).click();
    await expect(portal.title).toHaveText('Si no puedes pagar ahora');
    await look('portal-cannot-pay');

    await page.goBack();
    await page.getByRole('link', { name: 'English' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    const english = section(page, 'What it is made of');
    await expect(english.getByText('Principal', { exact: true })).toBeVisible();
    await expect(english).toContainText('9,151.90');
    await look('portal-debt-english');
  });

  test('paying everything settles the debt and leaves a receipt that anybody can check', async ({ page, portal, book, look }) => {
    await portal.toPayment(book.account('all'));
    await look('portal-pay');
    await portal.chooseAll();
    await portal.expectGateway('1,250.00');
    await look('portal-gateway');
    await portal.decide('Aprobar el pago');
    await portal.expectPaid();
    await expect(page.getByRole('main')).toContainText(book.account('all'));
    await look('portal-paid');
    await portal.toReceipt();
    await expect(page.getByRole('main')).toContainText(spaced('$1,250.00'));
    await expect(page.getByRole('main')).toContainText(book.account('all'));
    await look('portal-receipt');
    const pdf = await page.getByRole('link', { name: 'Descargar en PDF' }).getAttribute('href');
    await expectPdf(page, pdf!);

    const number = (await portal.title.innerText()).replace('Recibo ', '');
    await page.getByRole('link', { name: /\/verify$/ }).click();
    await expect(page.getByText('auténtico, pero de una demostración')).toBeVisible();
    await expect(page.getByRole('main')).toContainText(number);
    await expect(page.getByRole('main')).not.toContainText(book.name);
    await look('portal-verify');
    await portal.open(book.account('all'));
    await expect(page.getByText('Esta deuda está pagada')).toBeVisible();
  });

  test('paying another amount takes it off the debt', async ({ page, portal, book, look }) => {
    await portal.toPayment(book.account('part'));
    await portal.chooseOther('250.50');
    await portal.expectGateway('250.50');
    await portal.decide('Aprobar el pago');
    await portal.expectPaid();
    await portal.open(book.account('part'));
    await expect(page.getByRole('region', { name: 'Lo que debes' })).toContainText('999.50');
    await expect(section(page, 'Tus pagos y recibos')).toContainText('250.50');
    await page.getByText('Ver todos los movimientos').click();
    await look('portal-debt-part-paid');
  });

  test('the payer decides what is paid first, and the receipt says so', async ({ page, portal, book, look, javaScriptEnabled }) => {
    await portal.toPayment(book.account('designated'));
    await page.getByRole('radio', { name: /^Otra cantidad/ }).check();
    await portal.amount.fill('100');
    const first = page.getByLabel('¿Qué se paga primero?');
    await expect(first).toHaveAccessibleDescription(/nunca va antes que los intereses \(Código Civil Federal art. 2094\)/);
    await first.selectOption({ label: 'Intereses y capital' });
    const preview = page.getByRole('button', { name: 'Ver antes a dónde va mi dinero' });
    if (javaScriptEnabled === false) await preview.click();
    const split = section(page, 'A dónde va tu dinero').filter({ visible: true });
    await expect(split.getByRole('definition').filter({ hasText: spaced('$50.00') })).toHaveCount(2);
    await expect(split).toContainText('Capital');
    await expect(split).not.toContainText('Gastos de cobranza');
    await look('portal-pay-designated');
    await page.getByRole('button', { name: 'Continuar al pago' }).click();
    await portal.decide('Aprobar el pago');
    await portal.expectPaid();
    await portal.toReceipt();
    await expect(page.getByText('Por elección de quien pagó, primero: capital.')).toBeVisible();
    await expect(page.getByRole('main')).not.toContainText('Gastos de cobranza');
    await look('portal-receipt-designated');
  });

  test('amounts that cannot be paid are refused beside the field, and stay typed', async ({ page, portal, book, look }) => {
    await portal.toPayment(book.account('refused'));
    for (const [typed, says] of [
      ['1250.01', /supera lo que debes/],
      ['0', /mayor que cero/],
      ['mil pesos', /solo con números/],
      ['10.555', /2 decimales como máximo/],
      ['', /Escribe cuánto quieres pagar/],
    ] as const) {
      await portal.chooseOther(typed);
      await expect(portal.amount).toHaveAccessibleDescription(says);
      await expect(portal.amount).toHaveValue(typed);
      await expect(page.getByRole('radio', { name: /^Otra cantidad/ })).toBeChecked();
    }
    await look('portal-pay-refused');
    await portal.open(book.account('refused'));
    await expect(page.getByRole('region', { name: 'Lo que debes' })).toContainText('1,250.00');
  });

  test('declined and cancelled payments lead back with the reason', async ({ page, portal, book, look }) => {
    await portal.toPayment(book.account('declined'));
    await portal.chooseAll();
    await page.getByLabel('Motivo del rechazo').selectOption({ label: 'Tarjeta vencida' });
    await portal.decide('Rechazar');
    await expect(portal.title).toHaveText('El pago no se hizo', { timeout: 20_000 });
    await expect(page.getByText('La tarjeta está vencida.')).toBeVisible();
    await look('portal-declined');

    await page.getByRole('link', { name: 'Intentar de nuevo' }).click();
    await portal.chooseAll();
    await portal.decide('Cancelar y volver');
    await expect(portal.title).toHaveText('Cancelaste el pago', { timeout: 20_000 });
    await look('portal-cancelled');
    await page.getByRole('link', { name: 'Volver a tu deuda' }).click();
    await expect(page.getByRole('region', { name: 'Lo que debes' })).toContainText('1,250.00');
  });

  test('a delayed payment is awaited until the money arrives', async ({ page, portal, book, look }) => {
    await portal.toPayment(book.account('delayed'));
    await portal.chooseOther('100');
    await page.getByLabel('Segundos hasta que llega el dinero').fill('12');
    await portal.decide('Aprobar con demora');
    await expect(portal.title).toHaveText('Estamos confirmando tu pago');
    await expect(page.getByText('No vuelvas a pagar')).toBeVisible();
    await look('portal-confirming');
    await portal.expectPaid();
  });

  test('the ids of others are not found', async ({ page, portal, book, session, browser }) => {
    const state = await session('supervisora');
    const office = await browser.newContext({ storageState: state, baseURL: process.env.SALDAR_URL });
    const desk = await office.newPage();
    const account = await accountId(desk, book.stranger);
    await accountId(desk, 'BA-4000042');
    const receipt = await desk.getByRole('link', { name: /^O-\d+$/ }).first().getAttribute('href');
    await office.close();
    const payment = receipt!.split('/').at(-1);

    for (const path of [
      `/deudas/${account}`, `/deudas/${account}/pagar`, `/deudas/${account}/no-puedo`,
      `/recibos/${payment}`, `/recibos/${payment}/pdf`, '/deudas/nonsense', `/pagos/${account}`,
    ]) {
      const answer = await page.goto(path);
      expect(answer!.status(), path).toBe(404);
    }
    const post = await page.request.post(`/deudas/${account}/pagar`, {
      form: { choice: 'all' },
      headers: { origin: process.env.SALDAR_URL! },
    });
    expect(post.status(), 'paying the debt of another').toBe(404);
    await portal.open(book.account('breakdown'));
  });
});

test('a plan offers its next instalment', { tag: '@plain' }, async ({ page, portal, look }, info) => {
  // Debtors of the demonstration with a running plan, one for each kind of browser.
  const plans: Record<string, [string, string, string, string]> = {
    'desktop': ['NARF6809260H7', 'felipe.ramirez134@example.com', 'BA-4000145', '4,240.45'],
    'phone': ['CATH9009090A1', 'hugo.trejo12@example.com', 'SC-4000015', '570.46'],
    'desktop-plain': ['LODA7108020K2', 'arturo.duque103@example.com', 'SC-4000111', '639.47'],
    'phone-plain': ['PEEW9005090A3', 'wilson.espinoza172@example.com', 'SC-4000183', '152.17'],
  };
  const [document, email, number, installment] = plans[info.project.name];
  await portal.signIn(document, email);
  await portal.open(number);
  await expect(section(page, 'Tu plan de pagos')).toContainText(installment);
  await look('portal-plan');
  await portal.toPayment(number);
  await page.getByRole('radio', { name: /^La próxima cuota/ }).check();
  await look('portal-pay-installment');
  await page.getByRole('button', { name: 'Continuar al pago' }).click();
  await portal.expectGateway(installment);
  await portal.decide('Aprobar el pago');
  await portal.expectPaid();
  await portal.toReceipt();
  await expect(page.getByRole('main')).toContainText(installment);
});

test('codes of receipts that we did not issue are unknown', { tag: '@plain' }, async ({ page, portal, look }) => {
  await page.goto('/verify');
  await page.getByLabel('Código del recibo').fill('abcd-efgh-jklm');
  await page.getByRole('button', { name: 'Revisar' }).click();
  await expect(portal.title).toHaveText('No conocemos ese código');
  await look('portal-verify-unknown');
});

/** An amount as the page writes it, whatever kind of blank it uses. */
function spaced(amount: string): RegExp {
  return new RegExp(amount.replace(/[$.]/g, '\\$&').replace('\\$', '\\$\\s?'));
}

async function accountId(desk: import('@playwright/test').Page, number: string): Promise<string> {
  await desk.goto(`/console/cuentas?q=${number}`);
  const row = desk.getByRole('rowheader').getByRole('link').first();
  const href = await row.getAttribute('href');
  await row.click();
  return href!.split('/').at(-1)!;
}
