import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** Waits until nothing plays, loads or moves on the page. */
async function idle(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
}

/** Opens the page, or a built-in scenario by the title in its list. */
async function open(page: Page, title?: string): Promise<void> {
  await page.goto('./?scenario=cdev-path');
  await idle(page);
  if (title === undefined) return;
  await page.getByRole('button', { name: /Scenario:/ }).click();
  await page
    .getByRole('dialog', { name: 'Scenarios' })
    .getByRole('button', { name: title, exact: true })
    .click();
  await idle(page);
}

async function click(page: Page, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await page.getByRole('button', { name, exact: true }).click();
    await idle(page);
  }
}

const files = (page: Page, who: string) => page.getByRole('list', { name: `Open files of ${who}` });

/** Steps a task `times` times. */
async function steps(page: Page, task: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await click(page, `Step ${task}`);
}

test('clicking through the cdev path ends with access granted', async ({ page }) => {
  await open(page);
  await click(page, 'Open vfio0');
  await expect(files(page, 'qemu').getByRole('listitem')).toHaveText(/no access/);
  await click(page, 'Open /dev/iommu', 'Bind fd1 to iommufd1');
  await expect(files(page, 'qemu').getByRole('listitem').first()).toHaveText(/granted/);
  await expect(page.getByRole('region', { name: 'Stage' })).toContainText('access granted');
});

for (const [winner, loser] of [
  ['qemu', 'dpdk'],
  ['dpdk', 'qemu'],
] as const) {
  test(`${winner} wins the bind race when it takes the lock first`, async ({ page }) => {
    await open(page, 'Two processes race to bind one device');
    await click(page, 'Run qemu', 'Run dpdk', 'Run qemu', 'Run dpdk');
    // Both binds are under way; the winner is the first at the lock of the reset set.
    await steps(page, loser, 3);
    await click(page, `Run ${winner}`, `Run ${loser}`);
    await expect(files(page, winner).getByRole('listitem').first()).toHaveText(/granted/);
    await expect(files(page, loser).getByRole('listitem').first()).toHaveText(/no access/);
    await expect(page.getByRole('region', { name: 'Caption' })).toContainText('-EINVAL');
  });
}

test('unregister waits for an open fd, names it, and returns when it is closed', async ({
  page,
}) => {
  await open(page);
  await click(page, 'Open vfio0', 'Unregister vfio0');
  const driver = page.getByRole('region', { name: 'driver' });
  await expect(driver.getByRole('group', { name: 'Task driver' })).toHaveText(/waits.*fd1/s);
  await click(page, 'Close fd1', 'Run driver');
  await expect(driver.getByRole('group', { name: 'Task driver' })).toHaveCount(0);
  await expect(driver.getByRole('button', { name: 'Register vfio0', exact: true })).toBeVisible();
});

test('undo reverts a call, and redo repeats it', async ({ page }) => {
  await open(page);
  await click(page, 'Open vfio0');
  await expect(files(page, 'qemu')).toBeVisible();
  await click(page, 'Undo');
  await expect(files(page, 'qemu')).toHaveCount(0);
  await click(page, 'Redo');
  await expect(files(page, 'qemu')).toBeVisible();
});

const badFiles: readonly (readonly [string, string, RegExp])[] = [
  ['no JSON', '{ "format": ', /JSON/],
  [
    'an unknown call',
    JSON.stringify({
      format: 'vfio-playground/scenario@1',
      title: 'x',
      world: { devices: [], processes: ['qemu'] },
      calls: [{ by: 'qemu', call: 'fly' }],
    }),
    /calls\[0\]\.call/,
  ],
  [
    'an unknown design',
    JSON.stringify({
      format: 'vfio-playground/scenario@1',
      title: 'x',
      design: 'minix',
      world: { devices: [], processes: ['qemu'] },
      calls: [],
    }),
    /minix/,
  ],
  [
    'a step of a blocked task',
    JSON.stringify({
      format: 'vfio-playground/scenario@1',
      title: 'x',
      world: { devices: [{ name: 'vfio0', group: '1' }], processes: ['qemu'] },
      calls: [
        { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
        { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      ],
      schedule: ['qemu*5', 'driver*40'],
    }),
    /schedule\[1\]/,
  ],
  ['10 MB of junk', 'x'.repeat(10_000_000), /JSON|too large|at most/i],
];

for (const [what, text, says] of badFiles) {
  test(`a file with ${what} shows an error with the place and keeps the session`, async ({
    page,
  }) => {
    await open(page);
    await click(page, 'Open vfio0');
    await page.getByRole('button', { name: /Scenario:/ }).click();
    await page.getByLabel('Scenario file').setInputFiles({
      name: 'broken.scenario.json',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    });
    await expect(page.getByRole('alert')).toContainText(says);
    await expect(files(page, 'qemu')).toBeVisible();
  });
}
