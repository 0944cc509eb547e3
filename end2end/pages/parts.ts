// Parts that pages of every surface share.
import type { Locator, Page } from '@playwright/test';

/** The part of a page under a heading. */
export function section(page: Page, title: string): Locator {
  const heading = page.getByRole('heading', { level: 2, name: title, exact: true });
  return page.locator('section').filter({ has: heading }).last();
}
