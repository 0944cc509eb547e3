// What the law of a country says, what the agency adds, and who must approve what allows more.
import { Console } from '../pages/console';
import { expect, test } from '../support/fixtures';

const rules = '/console/reglas-de-contacto';

test('the law of a country can be read, with its norms', async ({ page, look }) => {
  const office = new Console(page);
  const main = page.getByRole('main');
  await office.signIn('auditora');
  await page.goto(rules);
  await look('console-contact-rules');
  await main.getByRole('link', { name: 'México' }).click();
  await expect(office.title).toHaveText('México');
  await main.locator('summary').filter({ hasText: 'Horario' }).click();
  await expect(main).toContainText('CONDUSEF');
  await expect(page.getByRole('button', { name: 'Guardar' })).toHaveCount(0);
  await look('console-contact-rules-country');
});

test('stricter rules hold at once; what allows more waits for somebody else', async ({ page, look }, info) => {
  test.skip(info.project.name !== 'desktop', "the agency's rules are one for all: two runs at once would be in each other's way");
  const office = new Console(page);
  const main = page.getByRole('main');
  const save = page.getByRole('button', { name: 'Guardar' });
  await office.signIn('gerente');
  await page.goto(`${rules}/PY`);
  await page.getByLabel('Lunes, desde').fill('10:00');
  await page.getByLabel('Por qué cambia').fill('Horario de la oficina');
  await save.click();
  await expect(office.alert.first()).toContainText('desde y hasta qué hora');
  await page.getByLabel('Lunes, hasta').fill('12:00');
  await save.click();
  await expect(main).toContainText('Las reglas están en vigor.');
  await expect(page.getByLabel('Lunes, desde')).toHaveValue('10:00');
  await look('console-contact-rules-own');

  await page.getByLabel('Lunes, hasta').fill('13:00');
  await page.getByLabel('Por qué cambia').fill('Una hora más');
  await save.click();
  await expect(main).toContainText('otra persona debe aprobarlos');
  await expect(main).toContainText('horas en que no se contactaba');
  await expect(page.getByLabel('Lunes, hasta')).toHaveValue('12:00');
  await expect(page.getByRole('button', { name: 'Aprobar' })).toHaveCount(0);
  await look('console-contact-rules-waits');

  await page.goto('/console/cuentas');
  await page.context().clearCookies();
  await office.signIn('admin');
  await page.goto(`${rules}/PY`);
  await page.getByRole('button', { name: 'Aprobar' }).click();
  await expect(main).toContainText('aprobadas y en vigor');
  await expect(page.getByLabel('Lunes, hasta')).toHaveValue('13:00');
});
