import { chromium } from '@playwright/test';
const base = 'http://127.0.0.1:3122';
const exe = process.env.SALDAR_CHROMIUM;
const browser = await chromium.launch({ executablePath: exe, args: ['--no-sandbox'] });
const lang = process.argv[2] ?? 'es-MX';
let n = 0;
for (const [w, h] of [[1440, 900], [360, 740]]) {
  const ctx = await browser.newContext({ viewport: { width: w, height: h }, locale: lang });
  const page = await ctx.newPage();
  const shot = async (name) => { await page.screenshot({ path: `/tmp/exp/${w}-${name}.png`, fullPage: true }); };
  await page.goto(base + '/console/entrar');
  await page.getByLabel('Usuario').fill('gerente');
  await page.getByLabel('Contraseña').fill('saldar-demo');
  await page.getByRole('button', { name: 'Entrar' }).click();
  await page.goto(base + '/console/segmentos/nuevo');
  await page.getByLabel('Nombre').fill(`Vencidas ${w}`);
  await page.getByLabel('Dato').first().selectOption('Días de mora');
  await page.getByLabel('Comparación').first().selectOption('es al menos');
  await page.getByLabel('Valor').first().fill('1');
  await page.getByRole('button', { name: 'Guardar' }).click();
  const segment = page.url();
  const journey = async (name, how) => {
    await page.goto(base + '/console/recorridos/nuevo');
    await page.getByLabel('Nombre').fill(name);
    await page.getByLabel('Segmento').selectOption(`Vencidas ${w}`);
    await how();
    await page.getByRole('button', { name: 'Guardar' }).click();
    return page.url().split('?')[0];
  };
  const mail = async (i, day) => {
    await page.getByLabel('Qué se hace').nth(i).selectOption('Correo');
    await page.getByLabel('Día').nth(i).fill(day);
    await page.getByLabel('Asunto del correo').nth(i).fill('Su cuenta {{ account }}');
    await page.getByLabel('Texto del correo').nth(i).fill('Hola {{ name }}: debe {{ amount }}.');
  };
  const a = await journey(`Aviso por correo ${w}`, async () => { await mail(0, '0'); await mail(1, '3'); });
  const b = await journey(`Llamada ${w}`, async () => { await page.getByLabel('Qué se hace').first().selectOption('Pedir una llamada'); });
  await page.goto(a); await shot('journey');
  await page.goto(a + '/simular?dias=14'); await shot('simulation');
  await page.goto(a + '/impacto'); await shot('impact-first');
  await page.getByRole('button', { name: /Activar/ }).click();
  await page.getByRole('button', { name: 'Hacer lo de hoy ahora' }).click();
  // a second version
  await page.goto(segment.split('?')[0] + '/editar');
  await page.getByLabel('Valor').first().fill('40');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.goto(a + '/editar');
  await page.getByLabel('Qué se hace').nth(1).selectOption('Pedir una llamada');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await shot('journey-waits');
  await page.goto(a + '/impacto');
  await page.locator('details summary').first().click().catch(() => {});
  await shot('impact');
  await page.goto(a + '/versiones'); await shot('versions');
  await page.getByRole('button', { name: 'Volver a la versión 1' }).click();
  await shot('impact-back');
  await page.goto(segment.split('?')[0] + '/versiones'); await shot('segment-versions');
  // an experiment
  await page.goto(b + '/editar'); await page.getByRole('button', { name: 'Guardar' }).click();
  await page.goto(base + '/console/experimentos'); await shot('experiments');
  await page.goto(base + '/console/experimentos/nuevo');
  await page.getByLabel('Nombre').fill(`Correo o nada ${w}`);
  await page.getByLabel('Segmento').selectOption(`Vencidas ${w}`);
  await page.getByLabel('Qué se hace').nth(0).selectOption('No hacer nada');
  await page.getByLabel('Qué se hace').nth(1).selectOption(`Llamada ${w}`);
  await shot('experiment-form');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await shot('experiment-draft');
  const start = page.getByRole('button', { name: 'Empezar' });
  if (await start.count()) { await start.click(); await shot('experiment'); }
  console.log(w, page.url());
  await ctx.close();
}
await browser.close();
