import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { idle } from './stageScenes.ts';

const stage = (page: Page): Locator => page.getByRole('region', { name: 'Stage', exact: true });

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
