// Each picture shows one part of the page. Fonts ship with the page, so pictures are equal in every Chromium;
// the tolerance of 100 pixels is less than the smallest button.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { idle } from './stageScenes.ts';

interface Picture {
  readonly scenario: string;
  readonly step: number;
  readonly dark?: boolean;
  readonly size?: { readonly width: number; readonly height: number };
  readonly open?: (page: Page) => Promise<void>;
  readonly part: (page: Page) => Locator;
}

const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await idle(page);
    }
  };

const region = (name: string) => (page: Page) => page.getByRole('region', { name, exact: true });
const phone = { width: 390, height: 844 };

/** By file name. At most ten. */
const pictures: Readonly<Record<string, Picture>> = {
  header: { scenario: 'cdev-path', step: 0, part: (page) => page.getByRole('banner') },
  'stage-access': { scenario: 'cdev-path', step: 32, part: region('Stage') },
  'stage-contended-dark': { scenario: 'double-bind', step: 25, dark: true, part: region('Stage') },
  'stage-phone': { scenario: 'bind-race', step: 20, size: phone, part: region('Stage') },
  processes: {
    scenario: 'bind-race',
    step: 30,
    part: (page) => page.getByRole('complementary', { name: 'Processes' }),
  },
  timeline: { scenario: 'bind-race', step: 30, part: region('Timeline') },
  'check-violated': {
    scenario: 'split-race',
    step: 0,
    open: async (page) => {
      await press('c')(page);
      await page
        .getByRole('button', { name: /counterexample/i })
        .first()
        .waitFor();
      await page.getByText('Trying single changes').waitFor({ state: 'detached' });
    },
    part: region('Check'),
  },
  'compare-dark': {
    scenario: 'cdev-path',
    step: 10,
    dark: true,
    open: press('2'),
    part: (page) => page.getByRole('main'),
  },
  share: {
    scenario: 'bind-race',
    step: 10,
    open: press('e'),
    part: (page) => page.getByRole('dialog'),
  },
  present: {
    scenario: 'cdev-path',
    step: 0,
    open: press('p', 'PageDown'),
    part: (page) => page.locator('body'),
  },
};

for (const [name, { scenario, step, dark, size, open, part }] of Object.entries(pictures)) {
  test(`${name} matches its screenshot`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: dark ? 'dark' : 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`./?scenario=${scenario}`);
    await idle(page);
    await page.getByRole('slider', { name: 'Step position' }).fill(String(step));
    // A slider keeps the keys while it has the focus.
    await page.evaluate(
      () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
    );
    await idle(page);
    // A narrow page shows one panel at a time, so it is made narrow last.
    if (size) await page.setViewportSize(size);
    await idle(page);
    await open?.(page);
    await expect(part(page)).toHaveScreenshot(`${name}.png`, {
      // The link has the port of the server.
      mask: [page.getByRole('textbox', { name: 'Link to this step' })],
      maxDiffPixels: 100,
      threshold: 0.2,
      caret: 'hide',
    });
  });
}
