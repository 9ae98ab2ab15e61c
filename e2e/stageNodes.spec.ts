import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { idle } from './stageScenes.ts';

const stage = (page: Page): Locator => page.getByRole('region', { name: 'Stage', exact: true });

test('a node that is opened on the first screen covers no other node and moves no process', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./');
  await idle(page);
  const nodes = stage(page).locator('article');
  const processes = stage(page).locator('article[data-node^="process:"]');
  const placesOfProcesses = (): Promise<readonly string[]> =>
    processes.evaluateAll((all) => all.map((each) => JSON.stringify(each.getBoundingClientRect())));
  const places = await placesOfProcesses();
  expect(places).toHaveLength(2);
  for (const id of ['vfio_device:vfio0', 'vfio_group:group 12', 'cdev:vfio0.cdev']) {
    const opened = stage(page).locator(`article[data-node="${id}"]`);
    const closedRows = await opened.locator('[data-row]').count();
    await opened.locator('header').click();
    await expect.poll(() => opened.locator('[data-row]').count()).toBeGreaterThan(closedRows);
    await idle(page);
    const covered = await nodes.evaluateAll((all, openedId) => {
      const own = all.find((each) => each.dataset['node'] === openedId);
      const list = own?.querySelector('[data-open]');
      if (!own || !list) return ['no open list'];
      const { left, right, top } = own.getBoundingClientRect();
      const bottom = Math.max(
        own.getBoundingClientRect().bottom,
        list.getBoundingClientRect().bottom,
      );
      return all.flatMap((other) => {
        const rect = other.getBoundingClientRect();
        return other !== own &&
          rect.left < right &&
          left < rect.right &&
          rect.top < bottom &&
          top < rect.bottom
          ? [other.dataset['node']]
          : [];
      });
    }, id);
    expect(covered, id).toEqual([]);
    expect(await placesOfProcesses(), id).toEqual(places);
    await opened.locator('header').click();
    await idle(page);
  }
});

test('the badge of a refused call is one line that covers no node', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=kvm-failed-bind&step=51');
  await idle(page);
  const badges = stage(page).locator('[data-badge]');
  await expect(badges.filter({ hasText: '-EINVAL' })).toBeVisible();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await idle(page);
  const covered = await badges.evaluateAll((all) =>
    all
      .filter((badge) => badge.getClientRects().length > 0)
      .map((badge) => {
        const own = badge.closest('article');
        const { left, right, top, bottom } = badge.getBoundingClientRect();
        return [...document.querySelectorAll('article[data-node]')].flatMap((node) => {
          const rect = node.getBoundingClientRect();
          return node !== own &&
            rect.left < right - 1 &&
            left < rect.right - 1 &&
            rect.top < bottom - 1 &&
            top < rect.bottom - 1
            ? [node.getAttribute('data-node')]
            : [];
        });
      }),
  );
  expect(covered.length).toBeGreaterThan(0);
  expect(covered.flat()).toEqual([]);
});
