import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { idle } from './stageScenes.ts';

const stage = (page: Page, name: string) => page.getByRole('region', { name: `Stage of ${name}` });

/** Parts that run out of their stage. */
const cutIn = (page: Page, selector: string): Promise<string[]> =>
  page.getByRole('region', { name: /^Stage of / }).evaluateAll(
    (stages, wanted) =>
      stages.flatMap((each) => {
        const room = each.querySelector('.react-flow')?.getBoundingClientRect();
        return [...each.querySelectorAll(wanted)].flatMap((part) => {
          const { left, top, right, bottom } = part.getBoundingClientRect();
          return room &&
            (left < room.left - 1 ||
              top < room.top - 1 ||
              right > room.right + 1 ||
              bottom > room.bottom + 1)
            ? [`${each.ariaLabel}: ${part.textContent}`]
            : [];
        });
      }),
    selector,
  );

test('four designs play the same calls, stop where results differ first, and say why', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=split-race');
  await idle(page);
  await page.keyboard.press('2');
  await expect(page.getByRole('region', { name: /^Stage of / })).toHaveCount(4);
  await expect(
    page.getByRole('heading', { name: /Results are the same until step/ }),
  ).toBeVisible();
  // Each stage is whole, and stays so while its steps are legible.
  expect(await cutIn(page, 'article, [data-lane] span')).toEqual([]);
  // Without the RFC, which refuses at the open, the binds differ first.
  await page
    .getByRole('group', { name: 'Columns' })
    .getByRole('button', { name: 'rfc-opened' })
    .click();
  await expect(page.getByRole('region', { name: /^Stage of / })).toHaveCount(3);
  const bar = page.getByRole('region', { name: 'Shared timeline' });
  const position = bar.getByRole('status', { name: 'Step' });
  await bar.getByRole('slider').fill('70');
  await expect(position).toHaveText(/^70 /);
  await idle(page);
  expect(await cutIn(page, 'article[data-touched]')).toEqual([]);
  await page.getByRole('button', { name: 'Play all designs' }).click();
  await expect(page.getByRole('heading', { name: /^Results differ first in/ })).toHaveText(
    /dpdk's bind_iommufd\(fd2, iommufd2\)/,
  );
  await idle(page);
  await expect(stage(page, 'parked-split')).toContainText('lets dpdk pass: bind_iommufd succeeds.');
  await expect(stage(page, 'parked-shim')).toContainText('refuses here: BIND.4, -EBUSY');
  await expect(stage(page, 'upstream')).toContainText(
    'refuses here: BIND.4, -EBUSY (the group is open).',
  );
  // Each stage shows the state of one design at the step that decides.
  await expect(stage(page, 'upstream').getByText('-EBUSY').last()).toBeVisible();
  await expect(
    stage(page, 'parked-split').getByRole('article', { name: /fd2/ }).first(),
  ).toContainText('normal');
  await expect(page.getByRole('row', { name: /bind_iommufd\(fd2/ })).toContainText('differs first');

  const at = await position.textContent();
  await page.keyboard.press('ArrowRight');
  await expect(position).not.toHaveText(at ?? '');
  await page.keyboard.press('ArrowLeft');
  await expect(position).toHaveText(at ?? '');
  // The address holds the comparison and its position.
  await expect
    .poll(async () => {
      const other = await page.context().newPage();
      await other.goto(page.url());
      await idle(other);
      const text = await other
        .getByRole('status', { name: 'Step' })
        .textContent({ timeout: 5000 })
        .catch(() => '');
      await other.close();
      return text?.split(' ')[0];
    })
    .toBe(at?.split(' ')[0]);
});

test('names and calls are whole in compared stages of both sizes', async ({ page }) => {
  for (const size of [
    { width: 1440, height: 900 },
    { width: 1024, height: 768 },
  ]) {
    await page.setViewportSize(size);
    await page.goto('./?scenario=bind-race');
    await idle(page);
    await page.keyboard.press('2');
    await page.keyboard.press('PageDown');
    await idle(page);
    const cut = await page.locator('article[data-node]').evaluateAll((nodes: HTMLElement[]) =>
      nodes.flatMap((node) => {
        const box = node.getBoundingClientRect();
        return [...node.querySelectorAll('header b, [data-status] > *')]
          .filter(
            (text) =>
              text.clientWidth > 2 &&
              (text.scrollWidth > text.clientWidth + 2 ||
                text.getBoundingClientRect().bottom > box.bottom + 6),
          )
          .map((text) => `${node.dataset['node']}: ${text.textContent}`);
      }),
    );
    expect(cut, `${size.width} px`).toEqual([]);
  }
});

test('a stage too small for its graph follows the steps', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=hot-reset');
  await idle(page);
  await page.keyboard.press('2');
  await expect(page.getByRole('region', { name: /^Stage of / })).toHaveCount(4);
  const slider = page.getByRole('region', { name: 'Shared timeline' }).getByRole('slider');
  for (const tick of ['20', '60', '120']) {
    await slider.fill(tick);
    await idle(page);
    expect(await cutIn(page, 'article[data-touched]'), tick).toEqual([]);
  }
});

for (const [width, height] of [
  [1024, 768],
  [390, 844],
] as const)
  test(`each stage shows its whole graph where results differ at ${width}x${height}`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height });
    await page.goto('./?scenario=first-race&view=compare');
    await idle(page);
    const bar = page.getByRole('region', { name: 'Shared timeline' });
    await bar.getByRole('button', { name: /next difference/i }).click();
    await expect(page.getByRole('heading', { name: /^Results differ first in/ })).toBeVisible();
    await idle(page);
    expect(await cutIn(page, 'article')).toEqual([]);
    // The labels of the calls are readable.
    const label = await bar.getByText('qemu', { exact: false }).first().boundingBox();
    expect(label?.height).toBeGreaterThan(14);
  });
