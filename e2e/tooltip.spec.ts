import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

const tooltip = (page: Page) => page.getByRole('tooltip');

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=bind-race');
  await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
});

test('a tooltip stays under the pointer, and goes with Escape or when the pointer leaves', async ({
  page,
}) => {
  const share = page.getByRole('button', { name: 'Share or export' });
  await share.hover();
  await expect(tooltip(page)).toHaveText(/^Share or export/);
  await tooltip(page).hover();
  // Longer than the delay after which it would be hidden.
  await page.waitForTimeout(500);
  await expect(tooltip(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tooltip(page)).toBeHidden();
});

test('a tooltip shows at keyboard focus and follows the focus', async ({ page }) => {
  await page.getByRole('button', { name: 'Share or export' }).focus();
  await page.keyboard.press('Tab');
  await expect(tooltip(page)).toHaveText(/^Find a command, call or object/);
  await page.keyboard.press('Shift+Tab');
  await expect(tooltip(page)).toHaveText(/^Share or export/);
  await page.keyboard.press('Escape');
  await expect(tooltip(page)).toBeHidden();
  await expect(page.getByRole('button', { name: 'Share or export' })).toBeFocused();
});

test('the tooltip of a pressed button stays away until the pointer has left it', async ({
  page,
}) => {
  const play = page.getByRole('region', { name: 'Caption' }).getByRole('button').first();
  await play.click();
  // To another part of the same button, for longer than the delay before it would show.
  await play.locator('svg').hover();
  await page.waitForTimeout(700);
  await expect(tooltip(page)).toBeHidden();
  await page.getByRole('button', { name: 'Share or export' }).hover();
  await expect(tooltip(page)).toBeVisible();
  await play.hover();
  await expect(tooltip(page)).toHaveText(/^Pause|^Continue/);
});

for (const [width, height] of [
  [1440, 900],
  [960, 700],
  [390, 844],
] as const) {
  test(`a tooltip at either end of the header fits in the window at ${width} px`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height });
    const buttons = page.getByRole('banner').locator('[data-tooltip]:visible');
    // The tooltips in the middle have room on both sides.
    for (const button of [buttons.first(), buttons.nth(-2), buttons.last()]) {
      await button.hover();
      await expect(tooltip(page)).toHaveText((await button.getAttribute('data-tooltip')) ?? '');
      await expect(tooltip(page)).toBeInViewport({ ratio: 1 });
    }
  });
}
