// The agency's console as its staff use it.
import { expect, type Page } from '@playwright/test';

export const password = 'saldar-demo';

export class Console {
  constructor(readonly page: Page) {}

  get title() {
    return this.page.getByRole('heading', { level: 1 });
  }

  /** The account at a glance: balance, stage, next step. */
  get summary() {
    return this.page.getByRole('region', { name: 'Resumen' });
  }

  get alert() {
    return this.page.getByRole('alert');
  }

  async trySignIn(login: string, secret: string) {
    await this.page.goto('/console/entrar');
    await this.page.getByLabel('Usuario').fill(login);
    await this.page.getByLabel('Contraseña').fill(secret);
    await this.page.getByRole('button', { name: 'Entrar' }).click();
  }

  async signIn(login: string) {
    await this.trySignIn(login, password);
    await expect(this.title).toHaveText('Cuentas');
  }

  async search(text: string) {
    await this.page.goto('/console/cuentas');
    await this.page.getByRole('searchbox', { name: 'Buscar cuentas' }).fill(text);
    await this.page.getByRole('button', { name: 'Buscar' }).click();
    await expect(this.page).toHaveURL(/[?&]q=/);
  }

  /** The rows of accounts in sight. */
  get rows() {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('rowheader') });
  }

  /** Finds an account by the creditor's number and opens it; gives its address. */
  async open(number: string): Promise<string> {
    await this.search(number);
    await expect(this.rows).toHaveCount(1);
    await this.rows.getByRole('link').first().click();
    await expect(this.summary).toBeVisible();
    return new URL(this.page.url()).pathname;
  }

  /** Opens one of the account's forms. */
  async form(name: 'Registrar gestión' | 'Tomar promesa de pago' | 'Registrar pago') {
    await this.page.getByRole('region', { name: 'Acciones' }).getByText(name, { exact: true }).click();
  }

  async expectBalance(figure: string) {
    await expect(this.summary).toContainText(figure);
  }

  async upload(creditor: string, file: string, mapping: string) {
    await this.page.goto('/console/importar');
    await this.page.getByLabel('Código del acreedor nuevo').fill(creditor);
    await this.page.getByLabel('Archivo de la cartera').setInputFiles(file);
    await this.page.getByLabel('Mapeo de columnas').setInputFiles(mapping);
    await this.page.getByRole('button', { name: 'Revisar archivo' }).click();
  }

  /** The figure of one of the tiles of a check. */
  tile(label: string) {
    return this.page.getByText(label, { exact: true }).locator('..');
  }
}
