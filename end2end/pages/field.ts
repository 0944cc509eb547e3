// The field app on a collector's phone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as browser, expect, type BrowserContext, type Page, type Request, type TestInfo } from '@playwright/test';
import { section } from './parts';

/** What the phone sent to the office and got an answer to, to be sent again. */
export interface Pushed {
  authorization: string;
  body: string;
}

/** A phone: a browser with a disk of its own, which stays when the browser is closed. */
export class Phone {
  readonly pushes: Pushed[] = [];
  private context?: BrowserContext;
  private readonly disk = mkdtempSync(join(tmpdir(), 'saldar-phone-'));

  constructor(private readonly info: TestInfo) {}

  /** Opens the browser; `offline` is how it starts. */
  async open(offline: boolean): Promise<FieldApp> {
    const { launchOptions, viewport, hasTouch, isMobile, locale, timezoneId } = this.info.project.use;
    this.context = await browser.launchPersistentContext(this.disk, {
      ...launchOptions,
      ...{ viewport, hasTouch, isMobile, locale, timezoneId, offline },
      baseURL: process.env.SALDAR_URL,
      permissions: ['geolocation'],
      geolocation: { latitude: 19.4193, longitude: -99.1627, accuracy: 12 },
    });
    this.context.on('requestfinished', (request) => this.note(request));
    const page = this.context.pages()[0] ?? (await this.context.newPage());
    return new FieldApp(page);
  }

  private note(request: Request) {
    if (!request.url().endsWith('/field/v1/push')) return;
    this.pushes.push({ authorization: request.headers().authorization, body: request.postData()! });
  }

  async network(on: boolean) {
    await this.context!.setOffline(!on);
  }

  async close() {
    await this.context?.close();
    this.context = undefined;
  }

  async discard() {
    await this.close();
    rmSync(this.disk, { recursive: true, force: true });
  }
}

export class FieldApp {
  constructor(readonly page: Page) {}

  get title() {
    return this.page.getByRole('heading', { level: 1 });
  }

  /** The line that always tells the state of sync. */
  get sync() {
    return this.page.getByRole('banner').getByRole('status');
  }

  get stops() {
    return this.page.getByRole('main').getByRole('list').first().getByRole('link');
  }

  async enrol(code: string) {
    await this.page.goto('/field/');
    await this.page.getByLabel('Código').fill(code);
    await this.page.getByRole('button', { name: 'Registrar este teléfono' }).click();
    await expect(this.title).toHaveText('Ruta de hoy');
    await expect(this.stops.first()).toBeVisible();
  }

  /** The app's own files are on the phone. A first load that was cut short installs at the next. */
  async expectInstalled() {
    await expect(async () => {
      const isInstalled = await this.page.evaluate(async () => {
        const end = Date.now() + 15_000;
        while (!navigator.serviceWorker.controller && Date.now() < end) {
          await new Promise((later) => setTimeout(later, 50));
        }
        return navigator.serviceWorker.controller !== null;
      });
      if (!isInstalled) await this.page.reload();
      expect(isInstalled).toBe(true);
    }).toPass();
  }

  async today() {
    await this.page.goto('/field/#/');
    await expect(this.title).toHaveText('Ruta de hoy');
  }

  /** Opens a stop of the day, by its place or by whom it is for. */
  async stop(which: number | string) {
    await this.today();
    await (typeof which === 'number' ? this.stops.nth(which) : this.stops.filter({ hasText: which })).click();
    await expect(this.page.getByText('Debe hoy')).toBeVisible();
  }

  /** The creditor's number of the account of the stop that is open. */
  async account(): Promise<string> {
    return this.page.getByText('Cuenta', { exact: true }).locator('..').getByRole('definition').innerText();
  }

  /** What is owed at the stop that is open. */
  async owed(): Promise<number> {
    const text = await this.page.getByText('Debe hoy').locator('..').innerText();
    return Number(/([\d,]+\.\d\d)/.exec(text)![1].replaceAll(',', ''));
  }

  async visit(result: string, note: string) {
    await this.page.getByRole('link', { name: 'Registrar visita' }).click();
    await expect(this.page.getByText('Ubicación tomada')).toBeVisible();
    await this.page.getByRole('radio', { name: result }).check();
    await this.page.getByLabel('Nota').fill(note);
    await this.page.getByRole('button', { name: 'Guardar' }).click();
    await expect(this.page.getByText('Visita guardada en el teléfono')).toBeVisible();
  }

  /** Takes cash; gives the receipt's number. */
  async takeCash(amount: string): Promise<string> {
    await this.page.getByRole('link', { name: 'Recibir efectivo' }).click();
    await this.page.getByLabel('Efectivo recibido').fill(amount);
    await this.page.getByRole('button', { name: 'Guardar' }).click();
    await expect(this.title).toHaveText(/^Recibo /);
    return (await this.title.innerText()).replace('Recibo ', '');
  }
}

/** A code that enrols a collector's phone, made by the supervisor who is signed in on this page. */
export async function enrolmentCode(page: Page, collector: string): Promise<string> {
  await page.goto('/console/campo');
  await section(page, collector).getByRole('button', { name: 'Crear código de enrolamiento' }).click();
  return page.getByTestId('enrolment-code').innerText();
}

/** The collectors of the demo's two cities: one for each size of screen, so that they do not meet. */
export function collector(info: TestInfo): string {
  return info.project.name === 'phone' ? 'Alma Delia Rentería' : 'Rogelio Pineda Sosa';
}

/** An amount as Mexico writes it. */
export function figure(amount: number): string {
  return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
