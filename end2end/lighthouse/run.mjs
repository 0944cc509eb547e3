// Measures entry, debts, pay and plan pages of a demonstration as Lighthouse's phone sees them, and when the
// first page can be read over slow 3G. Prints a line a page and fails below the goals.
//
//     make lighthouse        or, with a server elsewhere: node run.mjs http://127.0.0.1:3000
//
// The goals: performance 95, accessibility 100, best practices 100; the first page readable within 2 s.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const GOALS = { performance: 95, accessibility: 100, 'best-practices': 100 };
const READABLE_MS = 2000;
/** A debtor of the demonstration (seed 1, 200 accounts) with a running plan. */
const DOCUMENT = 'CATH9009090A1';
/** WebPageTest's "3G Slow": 400 kbit/s each way, 400 ms there and back. */
const SLOW_3G = { rttMs: 400, throughputKbps: 400, requestLatencyMs: 400, downloadThroughputKbps: 400, uploadThroughputKbps: 400, cpuSlowdownMultiplier: 4 };

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

async function main() {
  const given = process.argv[2];
  const own = given ? undefined : await demo();
  const base = given ?? own.base;
  const path = process.env.SALDAR_CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  const chrome = await launch({ chromePath: path, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'] });
  let missed = 0;
  try {
    const { cookie, debt, agreement } = await signIn(base);
    const pages = [['entry', '/'], ['debts', '/deudas'], ['pay', `${debt}/pagar`], ['debt', debt], ['plan', agreement]];
    for (const [name, path] of pages.filter(([, path]) => path)) {
      const headers = name === 'entry' ? {} : { Cookie: cookie };
      const { lhr } = await lighthouse(base + path, {
        port: chrome.port, output: 'json', logLevel: 'error', onlyCategories: Object.keys(GOALS), extraHeaders: headers, disableStorageReset: true,
      });
      const scores = Object.keys(GOALS).map((category) => [category, Math.round(lhr.categories[category].score * 100)]);
      const low = scores.filter(([category, score]) => score < GOALS[category]);
      missed += low.length;
      console.log(`${name.padEnd(7)} ${scores.map(([category, score]) => `${category} ${score}`).join('  ')}  first text ${lhr.audits['first-contentful-paint']?.displayValue ?? '-'}`);
      for (const [category] of low) {
        const { auditRefs } = lhr.categories[category];
        const bad = auditRefs.map(({ id }) => lhr.audits[id]).filter(({ score }) => score !== null && score < 0.9);
        for (const audit of bad) console.log(`        ${category}: ${audit.title} (${audit.displayValue ?? audit.id})`);
      }
    }
    const { lhr } = await lighthouse(`${base}/`, {
      port: chrome.port, output: 'json', logLevel: 'error', onlyAudits: ['first-contentful-paint', 'largest-contentful-paint'],
      throttlingMethod: 'devtools', throttling: SLOW_3G,
    });
    const readable = Math.round(lhr.audits['largest-contentful-paint'].numericValue);
    if (readable > READABLE_MS) missed += 1;
    console.log(`entry over slow 3G: readable after ${readable} ms (goal ${READABLE_MS})`);
  } finally {
    await chrome.kill();
    own?.stop();
  }
  process.exit(missed ? 1 : 0);
}

/** Signs in with the code out of the demonstration's outbox. */
async function signIn(base) {
  const post = (path, fields) => fetch(base + path, {
    method: 'POST', redirect: 'manual', headers: { origin: base }, body: new URLSearchParams(fields),
  });
  const challenge = (await post('/', { document: DOCUMENT })).headers.get('location');
  const outbox = await (await fetch(`${base}/demo/mensajes`)).text();
  const code = /código es (\d{6})/.exec(outbox)[1];
  const cookie = (await post(challenge, { code })).headers.get('set-cookie').split(';')[0];
  const page = async (path) => (await fetch(base + path, { headers: { cookie } })).text();
  const debts = await page('/deudas');
  const debt = /href="(\/deudas\/[0-9a-f-]{36})"/.exec(debts)[1];
  const agreement = /href="(\/acuerdos\/[0-9a-f-]{36})"/.exec(await page(debt))?.[1] ?? `${debt}/acuerdo`;
  return { cookie, debt, agreement };
}

/** A demonstration of our own, with the server that was built last: release if there is one. */
async function demo() {
  const server = [join(target, 'release/saldar'), join(target, 'debug/saldar')].find(existsSync);
  const folder = mkdtempSync(join(tmpdir(), 'saldar-lighthouse-'));
  const base = 'http://127.0.0.1:3917';
  const env = {
    ...process.env, SALDAR_MODE: 'demo', SALDAR_DATABASE_URL: `sqlite://${folder}/demo.db`, SALDAR_ADDR: base.slice(7),
    SALDAR_FILES: `file://${folder}/files`, SALDAR_SITE: process.env.SALDAR_SITE ?? join(target, 'site'), SALDAR_CLOCK: '2026-11-20T18:00:00Z', RUST_LOG: 'error',
  };
  spawnSync(server, ['demo', '--accounts', '200', '--seed', '1', '--as-of', '2026-11-20'], { env, stdio: 'ignore' });
  const child = spawn(server, ['serve'], { env, stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false)) break;
    await new Promise((later) => setTimeout(later, 100));
  }
  const stop = () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { base, stop };
}

await main();
