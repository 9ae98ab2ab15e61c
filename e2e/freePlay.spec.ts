import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { idle } from './stageScenes.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

async function openRace(page: Page, width: number, height: number): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.goto('./?scenario=bind-race&design=upstream');
  await idle(page);
}

async function act(page: Page, process: string, call: string): Promise<void> {
  await page
    .getByRole('region', { name: process, exact: true })
    .getByRole('button', { name: call, exact: true })
    .click();
  await idle(page);
}

async function openFiles(page: Page): Promise<void> {
  for (const process of ['qemu', 'dpdk'])
    for (const call of ['Open vfio0', 'Open /dev/iommu']) await act(page, process, call);
}

/** Ids of the nodes that the stage cuts off or that are out of it. */
function cutNodes(page: Page, nodes = '[data-node]'): Promise<readonly string[]> {
  return page.getByRole('region', { name: 'Stage', exact: true }).evaluate((stage, selector) => {
    const frame = stage.getBoundingClientRect();
    return [...stage.querySelectorAll<HTMLElement>(selector)].flatMap((node) => {
      const { left, right, top, bottom } = node.getBoundingClientRect();
      const whole =
        left >= frame.left && right <= frame.right && top >= frame.top && bottom <= frame.bottom;
      return whole ? [] : [node.dataset['node'] ?? ''];
    });
  }, nodes);
}

/** How much of the stage the nodes take, as fractions of its width and height. */
function usedFractions(page: Page): Promise<readonly [number, number]> {
  return page.getByRole('region', { name: 'Stage', exact: true }).evaluate((stage) => {
    const frame = stage.querySelector('.react-flow')?.getBoundingClientRect();
    const boxes = [...stage.querySelectorAll('[data-node]')].map((node) =>
      node.getBoundingClientRect(),
    );
    if (!frame) throw new Error('no stage');
    const span = (starts: readonly number[], ends: readonly number[]): number =>
      Math.max(...ends) - Math.min(...starts);
    return [
      span(
        boxes.map(({ left }) => left),
        boxes.map(({ right }) => right),
      ) / frame.width,
      span(
        boxes.map(({ top }) => top),
        boxes.map(({ bottom }) => bottom),
      ) / frame.height,
    ] as const;
  });
}

/** The fields that each node shows, and its x in the graph, by the id of the node. */
function fieldsAndColumns(page: Page): Promise<Readonly<Record<string, string>>> {
  return page
    .locator('[data-node]:not([data-touched])')
    .evaluateAll((nodes) =>
      Object.fromEntries(
        nodes.map((node) => [
          node.getAttribute('data-node') ?? '',
          [
            /[\d.-]+/.exec(
              node.closest<HTMLElement>('.react-flow__node')?.style.transform ?? '',
            )?.[0],
            ...[...node.querySelectorAll<HTMLElement>('[data-row]')].map(
              (row) => row.dataset['row'],
            ),
          ].join(' '),
        ]),
      ),
    );
}

const caption = (page: Page) => page.getByRole('region', { name: 'Caption' });

for (const [width, height] of [
  [1440, 900],
  [1920, 1080],
] as const) {
  test(`own calls keep every node in view, in its column and with its fields at ${width}x${height}`, async ({
    page,
  }) => {
    await openRace(page, width, height);
    const start = await fieldsAndColumns(page);
    for (const process of ['qemu', 'dpdk'])
      for (const call of ['Open vfio0', 'Open /dev/iommu']) {
        await act(page, process, call);
        expect(await cutNodes(page), `${process}: ${call}`).toEqual([]);
        const now = await fieldsAndColumns(page);
        for (const [id, old] of Object.entries(start))
          if (!id.startsWith('process:')) expect(now[id], `${call}: ${id}`).toBe(old);
      }
    await page.getByRole('button', { name: 'Show everything' }).click();
    await idle(page);
    expect(Math.max(...(await usedFractions(page)))).toBeGreaterThan(0.85);
    expect(Math.min(...(await usedFractions(page)))).toBeGreaterThan(0.7);
  });

  test(`many own calls keep what the step touches in view at ${width}x${height}`, async ({
    page,
  }) => {
    await openRace(page, width, height);
    for (let round = 0; round < 3; round += 1)
      for (const call of ['Open vfio0', 'Open /dev/iommu', 'Open container']) {
        await act(page, 'qemu', call);
        expect(
          await cutNodes(page, '[data-node][data-touched]'),
          `${call}, round ${round}`,
        ).toEqual([]);
      }
    await page.getByRole('button', { name: 'Show everything' }).click();
    await idle(page);
    expect(await cutNodes(page)).toEqual([]);
    expect(Math.max(...(await usedFractions(page)))).toBeGreaterThan(0.85);
    expect(Math.min(...(await usedFractions(page)))).toBeGreaterThan(0.55);
  });
}

test('an own call does not move a view that the user moved', async ({ page }) => {
  await openRace(page, 1440, 900);
  const viewport = page.locator('.react-flow__viewport');
  await page.locator('.react-flow__pane').hover({ position: { x: 20, y: 20 } });
  await page.mouse.wheel(300, 0);
  await idle(page);
  const moved = await viewport.getAttribute('style');
  await act(page, 'qemu', 'Open vfio0');
  expect(await viewport.getAttribute('style')).toBe(moved);
});

test('an own call puts the pending calls of the walkthrough away and keeps the names', async ({
  page,
}) => {
  await openRace(page, 1440, 900);
  const qemu = page.getByRole('region', { name: 'qemu', exact: true });
  await expect(qemu.getByRole('group', { name: 'Task qemu' })).toContainText(
    'fd1 = open_cdev(vfio0)',
  );
  await openFiles(page);
  await expect(qemu.getByRole('group', { name: 'Task qemu' })).toHaveCount(0);
  await expect(page.getByRole('list', { name: 'Open files of qemu' })).toContainText(
    /fd1.*iommufd1/,
  );
  await expect(page.getByRole('list', { name: 'Open files of dpdk' })).toContainText(
    /fd2.*iommufd2/,
  );
  await expect(caption(page)).toContainText('open_iommufd() of dpdk returns iommufd2');
  await expect(page.getByRole('button', { name: 'Continue walkthrough' })).toHaveCount(0);
  // The walkthrough stays reachable.
  await page.getByRole('button', { name: 'Branch main' }).click();
  await expect(qemu.getByRole('group', { name: 'Task qemu' })).toContainText(
    'fd1 = open_cdev(vfio0)',
  );
});

test('the caption of an own run says what happens now', async ({ page }) => {
  await openRace(page, 1440, 900);
  await openFiles(page);
  await page.keyboard.press('s');
  await act(page, 'qemu', 'Start: Bind fd1 to iommufd1');
  await expect(caption(page)).toContainText('qemu calls bind_iommufd(fd1, iommufd1)');
  const step = page.getByRole('button', { name: 'Step qemu' });
  // Until qemu holds the lock of the reset set: the group lock is released by then.
  while (
    (await page.getByRole('article', { name: /devset vfio0.*lock held by qemu/ }).count()) === 0
  )
    await step.click();
  await page.keyboard.press('s');
  await act(page, 'dpdk', 'Bind fd2 to iommufd2');
  await expect(caption(page)).toContainText('dpdk waits for devset vfio0.lock, held by qemu');
  await page.getByRole('button', { name: 'Run qemu' }).click();
  await expect(caption(page)).toContainText('bind_iommufd(fd1, iommufd1) of qemu succeeds');
  await page.getByRole('button', { name: 'Run dpdk' }).click();
  await expect(caption(page)).toContainText(
    /bind_iommufd\(fd2, iommufd2\) of dpdk fails with -EINVAL: /,
  );
});

test('a phone shows the contended lock, and everything on demand', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('./?scenario=bind-race&design=upstream&step=33');
  await idle(page);
  const devset = page.locator('[data-node]', { has: page.locator('[data-state="contended"]') });
  const rowIsInNode = (): Promise<boolean> =>
    devset.evaluate((node) => {
      const row = node.querySelector('[data-state="contended"]')?.getBoundingClientRect();
      const { left, right, top, bottom } = node.getBoundingClientRect();
      return (
        row !== undefined &&
        row.left >= left &&
        row.right <= right &&
        row.top >= top &&
        row.bottom <= bottom + 1
      );
    });
  expect(await rowIsInNode()).toBe(true);
  await page.getByRole('button', { name: 'Show everything' }).click();
  await idle(page);
  expect(await cutNodes(page)).toEqual([]);
  expect(await rowIsInNode()).toBe(true);
});
