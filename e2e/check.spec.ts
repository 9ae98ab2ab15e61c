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

test('a row that is switched off makes a check fail, and the witness says that this is not the design', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=same-iommufd-twice');
  await page.getByRole('radio', { name: 'upstream' }).check({ force: true });
  const line = page.getByRole('button', { name: 'Switch BIND.9 off for a check' });
  // On to the first bind, call by call.
  for (let call = 0; call < 5 && (await line.count()) === 0; call += 1) {
    await page.getByRole('button', { name: 'Run qemu', exact: true }).click();
    await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
  }
  await line.click();
  await page.getByRole('radio', { name: 'Can this go wrong?' }).check({ force: true });
  const panel = page.getByRole('region', { name: 'Check', exact: true });
  await expect(panel).toContainText('--without upstream/bind_iommufd/BIND.9');
  await page.getByRole('button', { name: 'Check all interleavings' }).click();
  await expect(panel).toContainText(/Yes: \d+ of the properties/);
  await panel.getByRole('button', { name: /Play the witness of/ }).first().click();
  await expect(page.getByRole('region', { name: 'Story' })).toContainText('not the design itself');
  await panel.getByRole('button', { name: 'Back to the design itself' }).click();
  await expect(page.getByRole('region', { name: 'Story' })).not.toContainText('not the design itself');
});

test('four designs stand side by side, and one of them can be watched', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=bind-race');
  await page.getByRole('button', { name: 'Four designs side by side' }).click();
  const table = page.getByRole('region', { name: 'Four designs side by side' });
  await expect(table.getByRole('columnheader')).toHaveCount(5);
  await expect(table.getByRole('row', { name: /dpdk.*bind_iommufd/ })).toContainText(/skipped.*-EBUSY.*-EBUSY.*-EINVAL/);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await table.getByRole('button', { name: 'Watch parked-shim' }).click();
  await expect(page.getByRole('radio', { name: 'parked-shim' })).toBeChecked();
});

test('the verdicts of every design are worked out, and a red one plays its witness', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=cdev-path');
  await page.getByRole('button', { name: /Verdicts/ }).click();
  const view = page.getByRole('region', { name: 'Verdicts' });
  await view.getByRole('button', { name: 'Work out the verdicts' }).click();
  await expect(view.getByRole('button', { name: /rfc-opened breaks no-ops-before-bind/ })).toBeVisible();
  await view.getByRole('button', { name: 'Stop' }).click();
  await expect(view.getByRole('button', { name: 'Work them out again' })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await view.getByRole('button', { name: /rfc-opened breaks no-ops-before-bind/ }).click();
  await expect(page.getByRole('radio', { name: 'rfc-opened' })).toBeChecked();
});
