import { chromium } from 'playwright-core';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const pages = process.argv.slice(3);
for (const [w, h, n] of [[360, 740, 'p'], [1440, 900, 'd']]) {
  const c = await b.newContext({ viewport: { width: w, height: h }, locale: 'es-MX' });
  const p = await c.newPage();
  await p.goto('http://127.0.0.1:3111/console/entrar');
  await p.getByLabel('Usuario').fill(process.argv[2]);
  await p.getByLabel('Contraseña').fill('saldar-demo');
  await p.getByRole('button', { name: 'Entrar' }).click();
  await p.waitForURL('**/console/cuentas');
  let i = 0;
  for (const a of pages) {
    await p.goto('http://127.0.0.1:3111' + a);
    await p.evaluate(() => document.querySelectorAll('main details').forEach(d => d.open = true));
    await p.screenshot({ path: `/tmp/try/${n}${i++}.png`, fullPage: true });
  }
}
await b.close();
