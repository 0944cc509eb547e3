// A manager simulates a journey, compares it with doing nothing, and reads what can be told.
import { Console } from '../pages/console';
import { expect, test } from '../support/fixtures';

test('a journey is simulated, compared and taken back', async ({ page, look }, info) => {
  const office = new Console(page);
  const main = page.getByRole('main');
  const name = `Aviso ${info.project.name}`;
  await office.signIn('gerente');
  await page.goto('/console/segmentos/nuevo');
  await page.getByLabel('Nombre').fill(`Vencidas ${info.project.name}`);
  await page.getByLabel('Dato').first().selectOption('Días de mora');
  await page.getByLabel('Comparación').first().selectOption('es al menos');
  // Later than the debts of the other tests, which journeys must not touch.
  await page.getByLabel('Valor').first().fill('100');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await expect(main).toContainText('El segmento quedó guardado.');

  await page.goto('/console/recorridos/nuevo');
  await page.getByLabel('Nombre').fill(name);
  await page.getByLabel('Segmento').selectOption(`Vencidas ${info.project.name}`);
  await page.getByRole('radio', { name: 'El día en que la cuenta entra' }).check();
  await page.getByRole('textbox', { name: 'Día' }).first().fill('0');
  await page.getByLabel('Qué se hace').first().selectOption('Pedir una llamada');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByRole('link', { name: 'Simular los próximos días' }).click();
  await expect(main).toContainText('No se escribe ni se envía nada.');
  await expect(main.getByRole('row').filter({ hasText: '1. Pedir una llamada' }).first()).toBeVisible();
  await look('console-simulation');

  await page.goto('/console/experimentos/nuevo');
  await page.getByLabel('Nombre').fill(name);
  await page.getByLabel('Segmento').selectOption(`Vencidas ${info.project.name}`);
  await page.getByLabel('Qué se hace').nth(0).selectOption('No hacer nada');
  await page.getByLabel('Qué se hace').nth(1).selectOption(name);
  await page.getByLabel('Porcentaje de personas').nth(1).fill('40');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await expect(office.alert.first()).toContainText('suman 100');
  await page.getByLabel('Porcentaje de personas').nth(1).fill('50');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByRole('button', { name: 'Empezar' }).click();
  await expect(main).toContainText('El experimento está en marcha.');
  await expect(main).toContainText('Todavía no hay resultado');
  await look('console-experiment');

  await page.getByRole('radio', { name: name }).check();
  await page.getByRole('button', { name: 'Terminar el experimento' }).click();
  await expect(main).toContainText('El experimento terminó.');
  await main.getByRole('link', { name: name }).click();
  await page.getByRole('link', { name: 'Ver qué cambia' }).click();
  await expect(main).toContainText('Cambia el trato de 0 personas');
  await look('console-impact');
});
