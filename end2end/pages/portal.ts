// The debtor's portal as its visitor uses it.
import { expect, type Page } from '@playwright/test';

export interface Message {
  code: string;
  link: string;
}

export class Portal {
  constructor(readonly page: Page) {}

  get title() {
    return this.page.getByRole('heading', { level: 1 });
  }

  get amount() {
    return this.page.getByRole('textbox', { name: 'Cantidad a pagar' });
  }

  /** Links of messages that were there before the code was asked for. */
  private old = new Set<string>();

  async askForCode(document: string) {
    this.old = await this.links();
    await this.page.goto('/');
    await this.page.getByLabel('Número de tu documento').fill(document);
    await this.page.getByRole('button', { name: 'Enviarme un código' }).click();
    await expect(this.title).toHaveText('Escribe el código');
  }

  /** Signs in with a link's page open: the debtor knows how their document ends. */
  async useLink(known: string) {
    await this.page.getByLabel('Últimos 4 caracteres de tu documento').fill(known);
    await this.page.getByRole('button', { name: 'Entrar' }).click();
  }

  private async links(): Promise<Set<string>> {
    const outbox = await (await this.page.request.get('/demo/mensajes')).text();
    return new Set([...outbox.matchAll(/href="(\/entrar\/[^"]+)"/g)].map((found) => found[1]));
  }

  /** The message that came since the code was asked for, out of the demonstration's outbox. */
  async message(email: string): Promise<Message> {
    const outbox = await this.page.context().newPage();
    const toSignIn = outbox.locator('section').filter({ has: outbox.locator('a[href^="/entrar/"]') });
    const message = toSignIn.filter({ hasText: email }).first();
    const link = message.getByRole('link');
    // The message is written aside: the page does not wait for it.
    await expect(async () => {
      await outbox.goto('/demo/mensajes');
      const href = await link.getAttribute('href', { timeout: 500 });
      expect(this.old.has(href!), 'an older message').toBe(false);
    }).toPass();
    const text = await message.innerText();
    const found = { code: /código es (\d{6})/.exec(text)![1], link: (await link.getAttribute('href'))! };
    await outbox.close();
    return found;
  }

  async typeCode(code: string) {
    await this.page.getByLabel('Código de 6 cifras').fill(code);
    await this.page.getByRole('button', { name: 'Entrar' }).click();
  }

  async signIn(document: string, email: string) {
    await this.askForCode(document);
    await this.typeCode((await this.message(email)).code);
    await expect(this.title).toHaveText('Tus deudas');
  }

  /** Opens a debt by its number. */
  async open(number: string) {
    await this.page.goto('/deudas');
    await this.page.getByRole('link', { name: number }).click();
    await expect(this.page.getByText(`Número ${number}`).first()).toBeVisible();
  }

  /** From the debt to the choice of how much. */
  async toPayment(number: string) {
    await this.open(number);
    await this.page.getByRole('link', { name: 'Pagar', exact: true }).click();
    await expect(this.title).toHaveText('¿Cuánto quieres pagar?');
  }

  async chooseAll() {
    await this.page.getByRole('radio', { name: /^Todo/ }).check();
    await this.page.getByRole('button', { name: 'Continuar al pago' }).click();
  }

  async chooseOther(amount: string) {
    await this.page.getByRole('radio', { name: /^Otra cantidad/ }).check();
    await this.amount.fill(amount);
    await this.page.getByRole('button', { name: 'Continuar al pago' }).click();
  }

  /** The gateway's page asks for this amount. */
  async expectGateway(amount: string) {
    await expect(this.title).toHaveText('Página de pago de prueba');
    await expect(this.page.getByText(amount)).toBeVisible();
  }

  /** What the gateway's page offers. */
  async decide(decision: 'Aprobar el pago' | 'Aprobar con demora' | 'Rechazar' | 'Cancelar y volver') {
    await this.page.getByRole('button', { name: decision, exact: true }).click();
  }

  async expectPaid() {
    // The page asks again by itself every four seconds.
    await expect(this.title).toHaveText('Recibimos tu pago', { timeout: 20_000 });
  }

  async toReceipt() {
    await this.page.getByRole('link', { name: /^Recibo / }).click();
    await expect(this.title).toHaveText(/^Recibo /);
  }
}

/** Fetches a PDF with the page's own cookies and checks that it is one. */
export async function expectPdf(page: Page, address: string) {
  const answer = await page.request.get(address);
  expect(answer.status(), address).toBe(200);
  expect(answer.headers()['content-type']).toBe('application/pdf');
  const bytes = await answer.body();
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect(bytes.length, 'bytes of the PDF').toBeGreaterThan(5_000);
  expect(bytes.length, 'bytes of the PDF').toBeLessThan(500_000);
}
