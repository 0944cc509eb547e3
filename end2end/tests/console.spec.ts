// The console, as an agency's staff use it.
import { join } from 'node:path';
import { expectPdf } from '../pages/portal';
import { password } from '../pages/console';
import { section } from '../pages/parts';
import { expect, test } from '../support/fixtures';

const fixtures = join(__dirname, '../fixtures');
const mapping = join(fixtures, 'cartera.toml');
const today = '2026-11-20';

test.describe('nobody', () => {
  test('a wrong password is refused, and after some tries one has to wait', async ({ page, office, saldar, look }, info) => {
    const login = `prueba.${info.project.name}.${info.workerIndex}`;
    process.env.SALDAR_PASSWORD = password;
    saldar('user', 'add', login, '--name', 'Persona de Prueba', '--role', 'agent');

    await page.goto('/console/cuentas');
    await expect(page).toHaveURL(/\/console\/entrar$/);
    await office.trySignIn(login, 'no-es-esta');
    await expect(office.alert).toBeVisible();
    const refused = await office.alert.innerText();
    await expect(page.getByLabel('Usuario')).toHaveValue(login);
    await expect(page.getByLabel('Contraseña')).toHaveValue('');
    await look('console-sign-in-refused');
    await office.trySignIn('no.existe', 'no-es-esta');
    expect(await office.alert.innerText(), 'unknown and known logins').toBe(refused);

    for (let tries = 1; tries < 5; tries += 1) await office.trySignIn(login, 'no-es-esta');
    await office.trySignIn(login, password);
    await expect(office.alert).toContainText(/Demasiados intentos. Espere \d+ minuto/);
    await look('console-locked-out');
  });
});

test.describe('agent', () => {
  test.use({ as: 'agente' });

  test('accounts are found by name, document, phone and number', async ({ office, book, look }) => {
    await office.search(book.stranger);
    await expect(office.rows).toHaveCount(1);
    for (const text of [book.name, book.document, book.phone, book.phone.slice(3)]) {
      await office.search(text);
      await expect(office.rows, text).toHaveCount(book.accounts);
      await expect(office.rows.first()).toContainText(book.name);
    }
    await look('console-search');
    await office.search('nadie se llama así');
    await expect(office.rows).toHaveCount(0);
    await look('console-nothing-found');
  });

  test('filters narrow the list, and pages go through all of it', async ({ page, office, look }) => {
    await page.goto('/console/cuentas');
    const filters = page.getByRole('search', { name: '' }).filter({ has: page.getByLabel('Acreedor') });
    const open = async () => {
      if (!(await page.getByLabel('Acreedor').isVisible())) await page.getByText(/^Filtros/).click();
    };
    await open();
    await page.getByLabel('Etapa').selectOption({ label: 'Castigada' });
    await filters.getByRole('button', { name: 'Filtrar' }).click();
    await expect(page).toHaveURL(/stage=charged_off/);
    const rows = await office.rows.allInnerTexts();
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toContain('Castigada');

    await open();
    await page.getByLabel('Etapa').selectOption('');
    await page.getByLabel('Acreedor').selectOption({ label: 'Banco Altiplano' });
    await page.getByLabel('Mora mín. (días)').fill('31');
    await page.getByLabel('Mora máx. (días)').fill('60');
    await page.getByLabel('Saldo mín.').fill('1,000');
    await filters.getByRole('button', { name: 'Filtrar' }).click();
    await expect(page).toHaveURL(/days_from=31/);
    const late = await office.rows.allInnerTexts();
    expect(late.length).toBeGreaterThan(0);
    for (const row of late) expect(row).toContain('Banco Altiplano');
    await look('console-accounts-filtered');

    await open();
    await page.getByLabel('Mora máx. (días)').fill('muchos');
    await filters.getByRole('button', { name: 'Filtrar' }).click();
    await expect(page.getByLabel('Mora máx. (días)')).toHaveAccessibleDescription(/número entero de días/);
    await expect(page.getByLabel('Mora máx. (días)')).toHaveValue('muchos');
    await expect(office.rows).toHaveCount(0);

    await page.goto('/console/cuentas?creditor=');
    await look('console-accounts');
    const all = Number(/de ([\d,]+) cuentas/.exec(await page.getByText(/^\d+ de [\d,]+ cuentas/).first().innerText())![1]);
    const seen = new Set<string>();
    for (;;) {
      for (const link of await office.rows.getByRole('link').all()) seen.add((await link.getAttribute('href'))!);
      const next = page.getByRole('link', { name: 'Siguientes' });
      if (!(await next.count())) break;
      const before = page.url();
      await next.click();
      await expect(page).not.toHaveURL(before);
    }
    expect(seen.size, 'accounts on all pages').toBeGreaterThanOrEqual(all);
  });

  test('an activity joins the account\'s history', async ({ page, office, book, look }) => {
    await office.open(book.account('activity'));
    await office.form('Registrar gestión');
    await page.getByRole('button', { name: 'Guardar gestión' }).click();
    await expect(page.getByLabel('Resultado')).toHaveAttribute('aria-invalid', 'true');
    await page.getByLabel('Resultado').selectOption({ label: 'Volver a llamar' });
    await page.getByLabel('Nota').fill('Pide que le llamen por la tarde.');
    await page.getByRole('button', { name: 'Guardar gestión' }).click();
    await expect(page.getByText('La gestión quedó registrada.')).toBeVisible();
    await expect(section(page, 'Gestiones')).toContainText('Llamada: Volver a llamar');
    await expect(section(page, 'Gestiones')).toContainText('Pide que le llamen por la tarde.');
    await look('console-account');
  });

  test('a promise needs a day that is still to come', async ({ page, office, book, look }) => {
    await office.open(book.account('promise'));
    await office.form('Tomar promesa de pago');
    await page.getByLabel('Importe prometido').fill('600');
    await page.getByLabel('Fecha prometida').fill('2026-11-01');
    await page.getByRole('button', { name: 'Guardar promesa' }).click();
    await expect(page.getByLabel('Fecha prometida')).toHaveAccessibleDescription(/La fecha ya pasó/);
    await expect(page.getByLabel('Importe prometido')).toHaveValue('600');
    await expect(page.getByLabel('Fecha prometida')).toHaveValue('2026-11-01');
    await look('console-promise-refused');

    await page.getByLabel('Fecha prometida').fill('2026-11-27');
    await page.getByLabel('Importe prometido').fill('1250.01');
    await page.getByRole('button', { name: 'Guardar promesa' }).click();
    await expect(page.getByLabel('Importe prometido')).toHaveAccessibleDescription(/supera la deuda/);
    await page.getByLabel('Importe prometido').fill('600');
    await page.getByRole('button', { name: 'Guardar promesa' }).click();
    await expect(page.getByText('La promesa quedó registrada.')).toBeVisible();
    await expect(section(page, 'Promesas de pago')).toContainText('600.00');
    await expect(office.summary).toContainText('Esperar el pago prometido para el 27 nov 2026');
  });

  test('a payment is posted once and lowers the balance', async ({ page, office, book, look }) => {
    await office.open(book.account('payment'));
    await office.form('Registrar pago');
    await page.getByLabel('Importe recibido').fill('doscientos');
    await page.getByRole('button', { name: 'Aplicar pago' }).click();
    await expect(page.getByLabel('Importe recibido')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Importe recibido')).toHaveValue('doscientos');
    await page.getByLabel('Importe recibido').fill('200.25');
    await expect(page.getByLabel('Fecha de recepción')).toHaveValue(today);
    await page.getByLabel('Forma de pago').selectOption('bank_transfer');
    await page.getByLabel('Referencia').fill('SPEI 99120');
    await page.getByRole('button', { name: 'Aplicar pago' }).click();
    await expect(page.getByText('El pago quedó aplicado.')).toBeVisible();
    await office.expectBalance('1,049.75');
    await look('console-account-paid');
    await page.getByRole('link', { name: 'Ver el recibo' }).click();
    await expect(office.title).toHaveText(/^Recibo C-/);
    await look('console-receipt');
    const pdf = await page.getByRole('link', { name: 'Recibo en PDF' }).getAttribute('href');
    await expectPdf(page, pdf!);
  });

  test('only a supervisor takes a payment back', async ({ page, office, book, look, session, browser }) => {
    await office.open(book.account('reversal'));
    await office.form('Registrar pago');
    await page.getByLabel('Importe recibido').fill('300');
    await page.getByRole('button', { name: 'Aplicar pago' }).click();
    await office.expectBalance('950.00');
    await expect(page.getByRole('link', { name: /Revertir/ })).toHaveCount(0);
    await page.getByRole('link', { name: 'Ver el recibo' }).click();
    await expect(page.getByRole('link', { name: /Revertir/ })).toHaveCount(0);
    const payment = page.url().split('/').at(-1)!;
    const address = `/console/pagos/${payment}/revertir`;
    const direct = await page.request.post(address, { form: { reason: 'porque sí' }, headers: { origin: process.env.SALDAR_URL! } });
    expect(direct.status(), 'an agent reverses').toBe(403);
    expect((await page.goto(address))!.status()).toBe(403);
    await look('console-denied');
    await office.open(book.account('reversal'));
    await office.expectBalance('950.00');

    const higher = await browser.newContext({ storageState: await session('supervisora'), baseURL: process.env.SALDAR_URL });
    const desk = await higher.newPage();
    await desk.goto(address);
    await desk.getByRole('button', { name: 'Revertir pago' }).click();
    await expect(desk.getByLabel('Motivo')).toHaveAccessibleDescription(/por qué se revierte/);
    await desk.getByLabel('Motivo').fill('Transferencia devuelta por el banco.');
    await desk.getByRole('button', { name: 'Revertir pago' }).click();
    await expect(desk.getByText('El pago quedó revertido.')).toBeVisible();
    await expect(desk.getByRole('region', { name: 'Resumen' })).toContainText('1,250.00');
    await higher.close();
  });

  test('the console speaks English, too', async ({ page, office, book, look }) => {
    await office.open(book.account('breakdown'));
    await page.getByRole('link', { name: 'English' }).click();
    await expect(page.getByRole('region', { name: 'Summary' })).toContainText('Balance today');
    await expect(section(page, 'What is owed')).toContainText('9,151.90');
    await look('console-account-english');
    await page.goto('/console/cuentas');
    await expect(office.title).toHaveText('Accounts');
    await page.getByRole('link', { name: 'Español' }).click();
    await expect(office.title).toHaveText('Cuentas');
  });

  test('other parts of the console are closed to an agent', async ({ page }) => {
    for (const path of ['/console/importar', '/console/importaciones', '/console/campo', '/console/mensajes', '/console/auditoria']) {
      expect((await page.goto(path))!.status(), path).toBe(403);
    }
    await expect(page.getByRole('link', { name: 'Auditoría' })).toHaveCount(0);
  });
});

test.describe('supervisor', () => {
  test.use({ as: 'supervisora' });

  test('a file with mistakes shows every one and imports nothing', async ({ page, office, look }, info) => {
    const creditor = `MALO-${info.project.name}-${info.workerIndex}`;
    await office.upload(creditor, join(fixtures, 'cartera-con-errores.csv'), mapping);
    await expect(page.getByText('El archivo tiene errores. No se importó nada.')).toBeVisible();
    const errors = section(page, 'Errores por fila');
    for (const [line, column] of [['2', 'Vencimiento'], ['3', 'Capital'], ['4', 'Número de crédito'], ['5', 'Intereses']]) {
      const row = errors.getByRole('row').filter({ hasText: column });
      await expect(row.first(), `line ${line}`).toContainText(line);
    }
    await expect(page.getByRole('button', { name: /^Importar/ })).toHaveCount(0);
    await look('console-import-errors');
    await page.goto('/console/cuentas');
    await expect(page.getByLabel('Acreedor').getByRole('option', { name: new RegExp(creditor) })).toHaveCount(0);
  });

  test('without a file there is nothing to check', async ({ page, look }) => {
    await page.goto('/console/importar');
    await page.getByRole('button', { name: 'Revisar archivo' }).click();
    await expect(page.getByLabel('Archivo de la cartera')).toHaveAccessibleDescription(/Elija el archivo/);
    await look('console-import');
    await page.goto('/console/importaciones');
    await look('console-imports');
    await page.goto('/console/mensajes');
    await look('console-messages');
  });
});

test.describe('auditor', () => {
  test.use({ as: 'auditora' });

  test('sees everything and changes nothing', async ({ page, office, book, look }) => {
    const account = await office.open(book.account('declined'));
    await expect(page.getByRole('region', { name: 'Acciones' })).toHaveCount(0);
    const origin = { origin: process.env.SALDAR_URL! };
    for (const [path, form] of [
      ['gestiones', { channel: 'call', disposition: 'note', note: 'x' }],
      ['promesas', { promise_amount: '100', promise_due_on: '2026-11-27' }],
      ['pagos', { pay_amount: '100', pay_method: 'office_cash', received_on: today }],
    ] as const) {
      const answer = await page.request.post(`${account}/${path}`, { form, headers: origin });
      expect(answer.status(), path).toBe(403);
    }
    expect((await page.goto('/console/importar'))!.status()).toBe(403);
    await page.goto('/console/auditoria');
    await expect(page.getByRole('table', { name: 'Auditoría' })).toBeVisible();
    await look('console-audit');
    await office.open(book.account('declined'));
    await expect(section(page, 'Gestiones')).toContainText('Nadie ha gestionado');
  });
});
