// A day in the field without a network: nothing is lost, nothing arrives twice.
import { section } from '../pages/parts';
import { collector, enrolmentCode, figure, Phone } from '../pages/field';
import { expect, lookAt, test } from '../support/fixtures';

test.use({ as: 'supervisora' });

test('visits and receipts recorded offline arrive once and in order', async ({ page, office, saldar, look }, info) => {
  test.setTimeout(120_000);
  await page.goto('/console/campo');
  await look('console-field');
  const code = await enrolmentCode(page, collector(info));
  await look('console-field-code');

  const phone = new Phone(info);
  let app = await phone.open(false);
  await app.page.goto('/field/');
  await app.page.getByRole('button', { name: 'Registrar este teléfono' }).click();
  await expect(app.page.getByLabel('Código')).toHaveAccessibleDescription(/Escriba el código/);
  await lookAt(app.page, info, 'field-enrol');
  await app.enrol(code);
  await app.expectInstalled();
  await lookAt(app.page, info, 'field-route');

  await phone.network(false);
  await app.page.reload();
  await expect(app.sync).toContainText('Sin conexión');
  await expect(app.stops.first()).toBeVisible();

  const before = await Promise.all([0, 1].map((index) => app.stops.nth(index).innerText()));
  await app.stop(0);
  const [first, owedFirst] = [await app.account(), await app.owed()];
  await app.page.getByText('Qué se puede ofrecer').click();
  await expect(app.page.getByText(/las mismas ofertas que la persona ve en el portal/)).toBeVisible();
  await lookAt(app.page, info, 'field-stop');
  await app.page.getByRole('link', { name: 'Recibir efectivo' }).click();
  await app.page.getByLabel('Efectivo recibido').fill('nada');
  await app.page.getByRole('button', { name: 'Guardar' }).click();
  await expect(app.page.getByLabel('Efectivo recibido')).toHaveAccessibleDescription(/en números/);
  await expect(app.page.getByLabel('Efectivo recibido')).toHaveValue('nada');
  await lookAt(app.page, info, 'field-cash-refused');
  await app.page.goBack();
  const receipts = [await app.takeCash('150.50')];
  await expect(app.page.getByText('Guardado en el teléfono, por enviar')).toBeVisible();
  await lookAt(app.page, info, 'field-receipt');
  await app.stop(1);
  const [second, owedSecond] = [await app.account(), await app.owed()];
  receipts.push(await app.takeCash('75'));
  await app.stop(2);
  const third = await app.account();
  await app.page.getByRole('link', { name: 'Registrar visita' }).click();
  await lookAt(app.page, info, 'field-visit');
  await app.page.goBack();
  await app.visit('No estaba en casa', 'Vuelvo por la tarde.');
  await expect(app.sync).toContainText('5 por enviar · guardado en el teléfono');

  await phone.close();
  app = await phone.open(true);
  await app.page.goto('/field/');
  await expect(app.sync).toContainText('Sin conexión · 5 por enviar');
  await expect(app.page.getByText(/^3 de \d+ visitas hechas/)).toBeVisible();
  expect(await app.stops.nth(0).innerText()).not.toBe(before[0]);
  await lookAt(app.page, info, 'field-route-visited');
  await app.page.getByRole('link', { name: 'Efectivo' }).click();
  for (const receipt of receipts) await expect(app.page.getByText(receipt)).toBeVisible();
  await expect(app.page.getByRole('main')).toContainText('225.50');
  await lookAt(app.page, info, 'field-cash');
  expect(phone.pushes, 'sent while offline').toEqual([]);

  await phone.network(true);
  await expect(app.sync).toContainText('Todo enviado', { timeout: 20_000 });
  const events = phone.pushes.flatMap(({ body }) => JSON.parse(body).events as { seq: number }[]);
  expect(events.map(({ seq }) => seq), 'what was sent, in its order').toEqual([1, 2, 3, 4, 5]);

  // The same events once more, as a phone does that did not hear the answer.
  const { authorization, body } = phone.pushes[0];
  const again = await page.request.post('/field/v1/push', {
    data: body,
    headers: { authorization, 'content-type': 'application/json' },
  });
  expect(again.status()).toBe(200);
  const { acks } = await again.json();
  expect(acks.length).toBeGreaterThan(0);
  expect(acks.every(({ duplicate }: { duplicate: boolean }) => duplicate), 'all known already').toBe(true);

  for (const [number, amount, receipt, debt] of [
    [first, 150.5, receipts[0], owedFirst], [second, 75, receipts[1], owedSecond],
  ] as const) {
    await office.open(number);
    await office.expectBalance(figure(debt - amount));
    await expect(page.getByRole('link', { name: receipt, exact: true })).toHaveCount(1);
    await expect(section(page, 'Gestiones').getByText('Visita: Pagó')).toHaveCount(1);
  }
  await office.open(third);
  await expect(section(page, 'Gestiones').getByText('Vuelvo por la tarde.')).toHaveCount(1);
  await page.goto('/console/campo');
  await expect(section(page, collector(info))).toContainText('5 hechos recibidos');
  expect(JSON.parse(saldar('verify', 'all', '--json'))).toMatchObject({ differences: [] });

  await app.page.getByRole('link', { name: 'Teléfono' }).click();
  await expect(app.title).toHaveText('Este teléfono');
  await lookAt(app.page, info, 'field-phone');
  await app.page.getByRole('button', { name: 'English' }).click();
  await expect(app.title).toHaveText('This phone');
  await expect(app.page.locator('html')).toHaveAttribute('lang', 'en');
  await phone.discard();
});

test('a code works on one phone only', async ({ page }, info) => {
  const code = await enrolmentCode(page, collector(info));
  const [own, other] = [new Phone(info), new Phone(info)];
  await (await own.open(false)).enrol(code);
  await own.discard();
  const app = await other.open(false);
  await app.page.goto('/field/');
  await app.page.getByLabel('Código').fill(code);
  await app.page.getByRole('button', { name: 'Registrar este teléfono' }).click();
  await expect(app.page.getByLabel('Código')).toHaveAccessibleDescription(/no sirve o ya se usó/);
  await other.discard();
});
