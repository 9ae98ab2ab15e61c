import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { idle } from './stageScenes.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const panel = (page: Page) => page.getByRole('region', { name: 'Scenario', exact: true });

async function press(page: Page, name: string): Promise<void> {
  await panel(page).getByRole('button', { name, exact: true }).click();
  await idle(page);
}

async function addCall(page: Page, task: string, call: string): Promise<void> {
  await press(page, `Add a call of ${task}`);
  await page
    .getByRole('group', { name: `Calls of ${task}` })
    .getByRole('button', { name: call, exact: true })
    .click();
  await idle(page);
}

async function checkHolds(page: Page): Promise<void> {
  await page.getByRole('radio', { name: 'Check', exact: true }).check({ force: true });
  const check = page.getByRole('region', { name: 'Check', exact: true });
  await check.getByRole('button', { name: /^Check all interleavings/ }).click();
  await expect(check).toContainText('no property is violated');
}

const caption = (page: Page) => page.getByRole('region', { name: 'Caption', exact: true });

test('a race is built from an empty world, checked, saved and opened again', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=bind-race');
  await idle(page);
  await page.getByRole('button', { name: /^Scenario:/ }).click();
  await page
    .getByRole('dialog', { name: 'Scenarios' })
    .getByRole('button', { name: 'New scenario' })
    .click();
  await idle(page);
  await expect(panel(page).getByText('No device yet.')).toBeVisible();
  await press(page, 'Device');
  for (const task of ['qemu', 'dpdk']) {
    await press(page, 'Process');
    for (const call of ['open_cdev', 'open_iommufd', 'bind_iommufd'])
      await addCall(page, task, call);
  }
  await expect(page.getByText(/bind_iommufd\(fd2, iommufd2\) = -EINVAL/).first()).toBeAttached();
  const title = panel(page).getByRole('textbox', { name: 'Title' });
  await title.fill('Two binds of one device');
  await title.press('Enter');
  const field = panel(page).getByRole('textbox', { name: 'Caption of the step on screen' });
  await field.fill('dpdk comes second.');
  await field.press('Enter');
  await expect(caption(page)).toContainText('dpdk comes second.');
  await checkHolds(page);
  await page.getByRole('radio', { name: 'Scenario', exact: true }).check({ force: true });
  const download = page.waitForEvent('download');
  await press(page, 'Save the scenario as a file');
  const file = await download;
  expect(file.suggestedFilename()).toBe('two-binds-of-one-device.scenario.json');
  const saved = await readFile(await file.path(), 'utf8');

  // The link of the page carries the captions, too.
  const address = page.url();
  await page.goto('about:blank');
  await page.goto(address);
  await idle(page);
  await expect(caption(page)).toContainText('dpdk comes second.');

  await page.goto('about:blank');
  await page.goto('./?scenario=bind-race');
  await idle(page);
  await page.keyboard.press('o');
  await page.getByLabel('Scenario file').setInputFiles({
    name: 'built.json',
    mimeType: 'application/json',
    buffer: Buffer.from(saved),
  });
  await idle(page);
  await expect(page.getByRole('button', { name: /^Scenario: Two binds/ })).toBeVisible();
  await page.keyboard.press('End');
  await expect(caption(page)).toContainText('dpdk comes second.');
  await checkHolds(page);
});

test('a file is bound by a drag, and things are added and removed on the stage', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=bind-race');
  await idle(page);
  const qemu = page.getByRole('region', { name: 'qemu', exact: true });
  for (const call of ['Open vfio0', 'Open /dev/iommu']) {
    await qemu.getByRole('button', { name: call, exact: true }).click();
    await idle(page);
  }
  const stage = page.getByRole('region', { name: 'Stage', exact: true });
  const file = stage.getByRole('article', { name: /^struct file fd1\b/ });
  const target = stage.getByRole('article', { name: /^struct file iommufd1\b/ });
  await file.hover();
  await page.mouse.down();
  await target.hover();
  await expect(stage.getByText('Bind fd1 to iommufd1', { exact: true })).toBeVisible();
  await page.mouse.up();
  await idle(page);
  await expect(caption(page)).toContainText('bind_iommufd(fd1, iommufd1) of qemu succeeds');
  await stage.getByRole('button', { name: 'Add to the scenario', exact: true }).click();
  await page.getByRole('button', { name: 'Device in group 12', exact: true }).click();
  await idle(page);
  const device = stage.getByRole('article', { name: /^struct vfio_device vfio1\b/ });
  await expect(device).toHaveCount(1);
  await device.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Delete');
  await idle(page);
  await expect(device).toHaveCount(0);
  await stage.getByRole('article', { name: /^process dpdk\b/ }).click();
  await page.keyboard.press('Delete');
  await idle(page);
  await expect(page.getByRole('region', { name: 'dpdk', exact: true })).toHaveCount(0);
  await expect(qemu.getByText('fd1', { exact: true }).first()).toBeVisible();
});

test('a device is moved to another group by a drag, with an undo', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=bind-race');
  await idle(page);
  const stage = page.getByRole('region', { name: 'Stage', exact: true });
  await stage.getByRole('button', { name: 'Add to the scenario', exact: true }).click();
  await page.getByRole('button', { name: 'Device in a new group', exact: true }).click();
  await idle(page);
  const device = stage.getByRole('article', { name: /^struct vfio_device vfio1\b/ });
  const oldGroup = stage.getByRole('article', { name: /^struct iommu_group iommu group 13\b/ });
  await expect(oldGroup).toHaveCount(1);
  await device.locator('header').hover();
  await page.mouse.down();
  await stage.getByRole('article', { name: /^struct vfio_group group 12\b/ }).hover();
  await expect(stage.getByText('Move vfio1 to group 12', { exact: true })).toBeVisible();
  await page.mouse.up();
  await idle(page);
  await expect(oldGroup).toHaveCount(0);
  await expect(device).toHaveCount(1);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await idle(page);
  await expect(oldGroup).toHaveCount(1);
});

test('a device is put into a set and a thread is added on the stage, each with an undo', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('./?scenario=bind-race');
  await idle(page);
  const stage = page.getByRole('region', { name: 'Stage', exact: true });
  const node = (name: RegExp) => stage.getByRole('article', { name });
  const choose = async (menu: string, title: string, section?: string): Promise<void> => {
    await stage.getByRole('button', { name: menu, exact: true }).click();
    const list = stage.getByRole('region', { name: menu, exact: true });
    if (section !== undefined) await list.getByText(section, { exact: true }).click();
    await list.getByRole('button', { name: title, exact: true }).click();
    await idle(page);
  };
  const select = async (name: RegExp): Promise<void> => {
    await node(name).focus();
    await page.keyboard.press('Enter');
    await idle(page);
  };
  await choose('Add to the scenario', 'Device in group 12');
  await choose('Add to the scenario', 'With vfio0', 'Device set');
  await expect(node(/^struct vfio_device_set devset set1\b/)).toHaveCount(1);
  await select(/^struct vfio_device vfio1\b/);
  await choose('Change the selection', 'Put into device set set1');
  await expect(node(/^struct vfio_device_set devset\b/)).toHaveCount(1);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await idle(page);
  await expect(node(/^struct vfio_device_set devset\b/)).toHaveCount(2);
  await choose('Add to the scenario', 'open_iommufd', 'Thread of dpdk');
  await expect(node(/^process dpdk; .*dpdk\/2 /)).toHaveCount(1);
  await select(/^process dpdk\b/);
  await choose('Change the selection', 'Remove thread dpdk/2 and its calls');
  await expect(node(/^process dpdk; .*dpdk\/2 /)).toHaveCount(0);
});
