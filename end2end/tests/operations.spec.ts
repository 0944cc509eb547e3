import { expect, test } from '../support/fixtures';

test('the server says that it is alive and ready', async ({ request }) => {
  for (const path of ['/healthz', '/readyz']) {
    const answer = await request.get(path);
    expect(answer.status(), path).toBe(200);
  }
});

test('the portal opens in Spanish', { tag: '@plain' }, async ({ page, look }) => {
  await page.goto('/');
  await expect(page.locator('html')).toHaveAttribute('lang', /^es/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await look('portal-home');
});
