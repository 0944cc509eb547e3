// A manager follows the console's own guide and builds a first journey.
import type { Page } from '@playwright/test';
import { section } from '../pages/parts';
import { expect, test } from '../support/fixtures';

test.use({ as: 'gerente' });

test('the guide leads to a running journey that says who gets what', { tag: '@plain' }, async ({ page, book, look }) => {
  test.slow(); // Many pages, and a simulation among them.
  const name = `Primer recorrido ${book.account('breakdown')}`;
  await page.goto('/console/recorridos');
  await page.getByRole('link', { name: /^Guía: su primer recorrido/ }).click();
  await look('console-guide');

  await page.getByRole('link', { name: 'Nuevo segmento' }).click();
  await page.getByLabel('Nombre').fill(name);
  await condition(page, 'Condición 1', 'Vencimiento', 'fue hace al menos (días)', '-3');
  await condition(page, 'Condición 2', 'Vencimiento', 'fue hace a lo más (días)', '60');
  await page.getByRole('button', { name: 'Contar cuentas' }).last().click();
  await expect(page.getByRole('status').filter({ hasText: /\d+ cuentas?/ })).toBeVisible();
  await page.getByRole('button', { name: 'Guardar' }).click();
  await expect(page.getByText('El segmento quedó guardado.')).toBeVisible();

  await page.goto('/console/plantillas');
  await look('console-templates');
  await page.getByRole('link', { name: 'Aviso de atraso' }).click();
  await expect(page.getByText('En uso')).toBeVisible();
  await look('console-template');

  await page.goto('/console/recorridos/nuevo');
  await page.getByLabel('Nombre').fill(name);
  await page.getByLabel('Segmento').selectOption({ label: name });
  await page.getByRole('radio', { name: /El vencimiento de la deuda/ }).check();
  await step(page, 1, '-3', 'Enviar un mensaje', { template: 'Recordatorio antes de vencer', by: 'WhatsApp, si no SMS, si no Correo' });
  await step(page, 2, '1', 'Enviar un mensaje', { template: 'Aviso de atraso', by: 'Correo' });
  await step(page, 3, '5', 'Pedir una llamada', { onlyIf: ['Saldo', 'es mayor que', '500.00'] });
  await step(page, 4, '15', 'Ofrecer un plan', { template: 'Oferta de plan', by: 'Correo, si no WhatsApp' });
  await step(page, 5, 'treinta', 'Planear una visita', { visitor: true });
  await page.getByRole('button', { name: 'Guardar' }).click();
  // A mistake costs nothing of what was typed.
  const day = stepFields(page, 5).getByLabel('Día');
  await expect(day).toHaveAccessibleDescription(/Escriba el día con un número/);
  await look('console-journey-refused');
  await day.fill('30');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await expect(page.getByText('El recorrido quedó guardado.')).toBeVisible();
  await expect(page.getByText('3 días antes de vencer')).toBeVisible();
  await expect(page.getByText(/Solo si:/)).toBeVisible();

  const journey = page.url();
  await page.getByRole('link', { name: 'Simular los próximos días' }).click();
  await expect(page.getByText('No se escribe ni se envía nada.')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Mensaje por WhatsApp' }).first()).toBeVisible();
  await look('console-journey-simulation');
  await page.goto(journey);
  await page.getByRole('button', { name: 'Activar' }).click();
  await expect(page.getByText('El recorrido está activo.')).toBeVisible();
  await page.getByRole('button', { name: 'Hacer lo de hoy ahora' }).click();
  await expect(page.getByText('Nada se hace dos veces.')).toBeVisible();
  await look('console-journey');
  const count = section(page, 'Pasos').getByRole('link').first();
  if (await count.count()) {
    await count.click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Paso \d/);
    await expect(page.getByRole('rowheader').first()).toBeVisible();
    await look('console-journey-outcome');
  }
  // What it asked staff for, and what waits for the post.
  await page.goto('/console/llamadas');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Llamadas');
  await look('console-calls');
  await page.goto('/console/cartas');
  await expect(page.getByLabel('Dirección postal de la organización')).toHaveValue(/Insurgentes/);
  await look('console-letters');
  // It must not run on with the book of the other tests.
  await page.goto(journey);
  await page.getByRole('button', { name: 'Detener' }).click();
  await expect(page.getByText('El recorrido está detenido.')).toBeVisible();
});

async function condition(page: Page, legend: string, fact: string, way: string, value: string) {
  const fields = page.getByRole('group', { name: legend, exact: true });
  await fields.getByLabel('Dato').selectOption({ label: fact });
  await fields.getByLabel('Comparación').selectOption({ label: way });
  await fields.getByLabel('Valor').fill(value);
}

function stepFields(page: Page, number: number) {
  return page.locator('details').filter({ has: page.getByText(`Paso ${number}`, { exact: true }) });
}

interface With {
  template?: string;
  by?: string;
  onlyIf?: [string, string, string];
  visitor?: boolean;
}

async function step(page: Page, number: number, day: string, act: string, how: With) {
  const fields = stepFields(page, number);
  if (!(await fields.evaluate((details: HTMLDetailsElement) => details.open))) {
    await fields.locator('summary').click();
  }
  await fields.getByLabel('Día').fill(day);
  await fields.getByLabel('Qué se hace').selectOption({ label: act });
  if (how.template) await fields.getByLabel('Plantilla').selectOption({ label: how.template });
  if (how.by) await fields.getByLabel('Por dónde').selectOption({ label: how.by });
  if (how.visitor) await fields.getByLabel('Quién visita').selectOption({ index: 1 });
  if (how.onlyIf) {
    const [fact, way, value] = how.onlyIf;
    await fields.getByLabel('Solo si').selectOption({ label: fact });
    await fields.getByLabel('Comparación').selectOption({ label: way });
    await fields.getByLabel('Valor').fill(value);
  }
}
