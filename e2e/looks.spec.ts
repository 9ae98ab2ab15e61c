import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { idle } from './stageScenes.ts';

const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];
const schemes = ['light', 'dark'] as const;

/** The page after so many steps of a scenario. */
async function at(page: Page, scenario: string, step: number): Promise<void> {
  await page.goto(`./?scenario=${scenario}`);
  await idle(page);
  await page.getByRole('slider', { name: 'Step position' }).fill(String(step));
  // Keys belong to a slider while it has the focus.
  await page.evaluate(
    () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
  );
  await idle(page);
}

async function pressed(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
  await idle(page);
}

/** What is looked at, by the name of its pictures. */
const states: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  start: (page) => at(page, 'cdev-path', 0),
  swapped: (page) => at(page, 'cdev-path', 32),
  contended: (page) => at(page, 'double-bind', 25),
  broken: (page) => at(page, 'bind-error-path', 61),
  checked: async (page) => {
    await at(page, 'bind-race', 0);
    await pressed(page, 'c');
    await page.getByRole('button', { name: 'Check all interleavings' }).click();
    await expect(page.getByRole('region', { name: 'Check', exact: true })).toContainText(
      'no property is violated',
    );
  },
  compared: async (page) => {
    await at(page, 'cdev-path', 10);
    await pressed(page, '2');
  },
  verdicts: async (page) => {
    await at(page, 'cdev-path', 0);
    await pressed(page, '3');
  },
  shared: async (page) => {
    await at(page, 'bind-race', 10);
    await pressed(page, 'e');
    await page.getByRole('dialog').waitFor();
  },
  presented: async (page) => {
    await at(page, 'cdev-path', 0);
    await pressed(page, 'p');
    await pressed(page, 'PageDown');
  },
  toured: async (page) => {
    await at(page, 'cdev-path', 0);
    await pressed(page, 'g');
    await pressed(page, 'ArrowRight');
  },
};

for (const [name, show] of Object.entries(states)) {
  test(`looks as it did: ${name}`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.setViewportSize(sizes[0]!);
    await show(page);
    for (const size of sizes) {
      await page.setViewportSize(size);
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        await idle(page);
        // Browsers of other versions draw letters a little differently; whatever has moved or is missing is far more than that.
        await expect.soft(page).toHaveScreenshot(`${name}-${size.width}-${colorScheme}.png`, {
          maxDiffPixelRatio: 0.02,
          threshold: 0.3,
          caret: 'hide',
        });
      }
    }
  });
}
