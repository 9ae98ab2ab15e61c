import { expect, test } from './fixtures.ts';
import { idle, openScene, type SceneFile } from './stageScenes.ts';

/** One process closes a device while another asks the group for one. */
const closeAndGet: SceneFile = {
  format: 'vfio-playground/scenario@1',
  title: 'Stage: two locks',
  design: 'parked-split',
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk'] },
  calls: [
    { by: 'qemu', call: 'open_container', as: 'c1' },
    { by: 'qemu', call: 'open_group', group: '12', as: 'g' },
    { by: 'qemu', call: 'set_container', fd: 'g', container: 'c1' },
    { by: 'qemu', call: 'set_iommu', fd: 'c1' },
    { by: 'qemu', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd' },
    { by: 'qemu', call: 'pass_fd', fd: 'g', to: 'dpdk', as: 'g2' },
    { by: 'qemu', call: 'close', fd: 'd' },
    { by: 'dpdk', call: 'get_device_fd', fd: 'g2', device: 'vfio0', as: 'd2' },
  ],
};

test.use({ contextOptions: { reducedMotion: 'reduce' } });

test('swapping the locks of close leads to a deadlock, which the stage shows as a cycle', async ({
  page,
}) => {
  await page.goto('./?scenario=split-race');
  await openScene(page, closeAndGet);
  await page.keyboard.press('End');
  const swap = page.getByRole('button', { name: 'Swap REL.2 and REL.3' });
  for (let back = 0; back < 30 && (await swap.count()) === 0; back += 1)
    await page.keyboard.press('ArrowLeft');
  await swap.click();
  await page.getByRole('radio', { name: 'Check' }).check({ force: true });
  await page.getByRole('button', { name: 'Check all interleavings' }).click();
  await page.getByRole('button', { name: 'Play the counterexample to no-deadlock' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Go to the end of the branch' }).click();
  await idle(page);
  const stage = page.getByRole('region', { name: 'Stage', exact: true });
  await expect(stage.locator('[data-edge][data-cycle]')).toHaveCount(4);
  await expect(stage.locator('[data-edge]:not([data-cycle], [data-dimmed])')).toHaveCount(0);
  await expect(stage.locator('[data-cycle] [data-head="arrow"]')).toHaveCount(4);
  await expect(stage.locator('[data-node][data-deadlocked]')).toHaveCount(4);
  await expect(stage.locator('[data-part="deadlock"]')).toHaveText(['deadlock', 'deadlock']);
  await expect(
    stage.getByRole('article', { name: /^process qemu;.*part of a deadlock/ }),
  ).toBeVisible();
  const tones = await stage
    .locator('[data-cycle] > path:not([data-head]):not(:first-child)')
    .evaluateAll((lines) => lines.map((line) => getComputedStyle(line).stroke));
  expect(new Set(tones).size).toBe(1);

  // The link carries the swapped steps.
  await page
    .getByRole('banner')
    .getByRole('button', { name: /^Share/ })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('It opens the modified design: REL.2 and REL.3 swapped');
  await expect(dialog.getByRole('button', { pressed: true })).toHaveText('Link to this step');
  const link = await dialog.getByRole('textbox', { name: 'Link to this step' }).inputValue();
  // So does the text, and it argues what the counterexample is about.
  await dialog.getByRole('button', { name: 'Interleaving text' }).click();
  const text = dialog.getByRole('textbox', { name: 'Interleaving text' });
  await expect(text).toHaveValue(/\(modified\s+design\)/);
  await expect(text).toHaveValue(/never returns here: it waits for/);
  await page.goto('about:blank');
  await page.goto(link);
  await idle(page);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText(
    /Modified design: \S+ and \S+ swapped/,
  );
  await expect(stage.locator('[data-node][data-deadlocked]')).toHaveCount(4);
});
