import { expect, test } from './fixtures.ts';

test('the page opens, steps, and answers a check', async ({ page }) => {
  await page.goto('./?scenario=bind-race');
  await expect(page).toHaveTitle(/VFIO playground/);
  await expect(page.getByRole('heading', { level: 1, name: /VFIO playground/ })).toBeVisible();
  await page.getByRole('button', { name: 'Step forward' }).click();
  await expect(page.getByRole('status', { name: 'Step', exact: true })).toHaveText(/^1 /);
  await expect(
    page.getByRole('region', { name: 'Stage' }).getByRole('listitem').first(),
  ).toBeVisible();
  await page.getByRole('radio', { name: 'Check' }).check({ force: true });
  await page.getByRole('button', { name: 'Check all interleavings' }).click();
  await expect(page.getByRole('region', { name: 'Check', exact: true })).toContainText(
    'no property is violated',
  );
});
