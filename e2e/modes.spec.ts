import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
});

async function open(page: Page, address = './'): Promise<void> {
  await page.goto(address);
  await idle(page);
}

async function idle(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
}

async function noAxeViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

test('present mode shows stage and caption, answers a remote control, and leaves by Escape', async ({ page }) => {
  await open(page);
  await page.keyboard.press('p');
  await expect(page.getByRole('complementary', { name: 'Actors' })).toBeHidden();
  await page.keyboard.press('PageDown');
  await idle(page);
  await expect(page.getByRole('region', { name: 'Story' })).toContainText('registration reference');
  await page.keyboard.press('n');
  await expect(page.getByRole('region', { name: 'Speaker notes' })).toBeVisible();
  await page.keyboard.press('k');
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  await noAxeViolations(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Actors' })).toBeVisible();
});

test('the happy path goes by keyboard alone', async ({ page }) => {
  await open(page);
  const reach = async (name: string): Promise<void> => {
    const button = page.getByRole('button', { name, exact: true });
    for (let tabs = 0; tabs < 200; tabs += 1) {
      if (await button.evaluate((each) => each === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${name} is not reached by Tab`);
  };
  for (const name of ['Open vfio0', 'Open /dev/iommu', 'Bind fd2 to ictx1']) {
    await reach(name);
    await page.keyboard.press('Enter');
    await idle(page);
    expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true);
  }
  await expect(page.getByRole('list', { name: 'Open files of qemu' })).toContainText('fops normal');
});
