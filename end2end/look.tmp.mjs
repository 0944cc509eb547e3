import { chromium } from 'playwright-core';
const base='http://127.0.0.1:3111';
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox']});
async function shot(ctx,page,name){await page.waitForTimeout(300);await page.screenshot({path:`/tmp/try/${name}.png`,fullPage:true});console.log(name,page.url());}
for (const [dev,vp] of [['phone',{width:360,height:740}],['desk',{width:1440,height:900}]]) {
  const c=await b.newContext({viewport:vp,locale:'es-MX'}); const p=await c.newPage();
  await p.goto(base+'/'); await p.getByLabel('Número de tu documento').fill('DEMO900101AA1'); await p.getByRole('button',{name:'Enviarme un código'}).click();
  await p.waitForTimeout(1500);
  const q=await c.newPage(); await q.goto(base+'/demo/mensajes'); const code=/código es (\d{6})/.exec(await q.textContent('body'))[1]; await q.close();
  await p.getByLabel('Código de 6 cifras').fill(code); await p.getByRole('button',{name:'Entrar'}).click(); await p.waitForTimeout(500);
  await p.goto(base+'/mis-datos'); await shot(c,p,dev+'-misdatos');
  await p.goto(base+'/mis-preferencias'); await shot(c,p,dev+'-prefs');
  await p.goto(base+'/deudas'); const href=await p.locator('main a[href^="/deudas/"]').first().getAttribute('href');
  const id=href.split('/')[2];
  await p.goto(base+'/deudas/'+id+'/ya-pague'); await shot(c,p,dev+'-yapague');
  await p.goto(base+'/deudas/'+id+'/ofertas'); await shot(c,p,dev+'-ofertas');
  const btn=p.locator('main button').first(); 
  console.log(await p.locator('main button').allTextContents());
  const s=await b.newContext({viewport:vp,locale:'es-MX'}); const o=await s.newPage();
  await o.goto(base+'/console/entrar'); await o.getByLabel('Usuario').fill('gerente'); await o.getByLabel('Contraseña').fill('saldar-demo'); await o.getByRole('button',{name:'Entrar'}).click(); await o.waitForTimeout(500);
  for (const [n,u] of [['politica','/console/politica-de-ofertas'],['politica-editar','/console/politica-de-ofertas/editar'],['bancarios','/console/datos-bancarios'],['reportados','/console/pagos-reportados'],['estados','/console/estados-de-cuenta'],['tareas','/console/tareas'],['plantilla-nueva','/console/plantillas/nueva']]) { await o.goto(base+u); await shot(s,o,dev+'-'+n); }
}
await b.close();
