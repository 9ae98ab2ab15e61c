import { expect, test } from './fixtures.ts';

test('the page opens with its title and heading', async ({ page }) => {
  await page.goto('./');
  await expect(page).toHaveTitle(/VFIO playground/);
  await expect(page.getByRole('heading', { level: 1, name: /VFIO playground/ })).toBeVisible();
});
