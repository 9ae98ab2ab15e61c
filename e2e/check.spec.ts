import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './fixtures.ts';

test('a check of the 2021 split finds the second owner, and its witness plays on the stage', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=split-race');
  await page.getByRole('radio', { name: 'Can this go wrong?' }).check({ force: true });
  await page.getByRole('button', { name: 'Check all interleavings' }).click();
  const panel = page.getByRole('region', { name: 'Check', exact: true });
  await expect(panel).toContainText(/Yes: \d+ of the properties/);
  await expect(panel.getByRole('list', { name: 'Outcomes' }).getByRole('listitem').first()).toBeVisible();
  await panel.getByRole('button', { name: 'Play the witness of owner-exclusive' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Pause the story' }).click();
  await page.getByRole('button', { name: 'To the end of the branch' }).click();
  await expect(page.getByRole('region', { name: 'Story' })).toContainText('owner-exclusive');
  await expect(page.getByRole('button', { name: 'Branch owner-exclusive' })).toHaveAttribute('aria-pressed', 'true');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('a race that cannot go wrong is told with its number of states', async ({ page }) => {
  await page.goto('./?scenario=bind-race');
  await page.getByRole('radio', { name: 'Can this go wrong?' }).check({ force: true });
  await page.getByRole('button', { name: 'Check all interleavings' }).click();
  await expect(page.getByRole('region', { name: 'Check', exact: true })).toContainText(/nothing goes wrong in any of [\d,]{3,} states/);
});
