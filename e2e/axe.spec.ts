import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** A view of the page and how to open it. */
interface View {
  readonly name: string;
  readonly address: string;
  readonly open?: (page: Page) => Promise<void>;
}

const race = './?scenario=bind-race';
const waiting = './?scenario=hot-unplug';
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

/** Seeks to a step at which a task waits. */
async function toWait(page: Page): Promise<void> {
  await page.getByRole('slider', { name: 'Step position' }).fill('45');
}

async function predict(page: Page): Promise<void> {
  await page.keyboard.press('q');
  await expect(page.getByRole('dialog', { name: 'Quiz' })).toBeVisible();
}

async function check(page: Page, done: boolean): Promise<void> {
  await page.keyboard.press('c');
  const panel = page.getByRole('region', { name: 'Check', exact: true });
  if (done) await expect(panel).toContainText('Outcomes');
  else await expect(panel.getByRole('progressbar')).toBeVisible();
}

async function runningVerdicts(page: Page): Promise<void> {
  await page.keyboard.press('3');
  await button(page, 'Check all again').click();
  await expect(button(page, /rfc-opened violates no-ops-before-bind/)).toBeVisible();
}

const VIEWS: readonly View[] = [
  { name: 'the first page', address: './' },
  {
    name: 'a run where a task waits, and its details',
    address: waiting,
    open: async (page) => {
      await toWait(page);
      await button(page, 'Show why driver waits').click();
      await expect(page.getByRole('region', { name: 'Details' })).toContainText('Locks held');
    },
  },
  { name: 'the table of steps', address: race, open: press('End', '4') },
  {
    name: 'the details of an object',
    address: waiting,
    open: async (page) => {
      await toWait(page);
      await page.locator('[data-node="vfio_device:vfio0"]').focus();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('region', { name: 'Details' })).toContainText('References');
    },
  },
  {
    name: 'branches, one of them named',
    address: race,
    open: async (page) => {
      await page.getByRole('slider', { name: 'Step position' }).fill('20');
      await button(page, 'Step dpdk').click();
      await button(page, 'Branch branch 2').click();
      await expect(page.getByRole('textbox', { name: 'Name of this branch' })).toBeFocused();
    },
  },
  { name: 'a notification', address: './?scenario=none-of-these' },
  {
    name: 'the check while it runs',
    address: './?scenario=container-dropped',
    open: (page) => check(page, false),
  },
  {
    name: 'the result of a check',
    address: './?scenario=split-race',
    open: (page) => check(page, true),
  },
  { name: 'the comparison where results differ', address: race, open: press('2', 'PageDown') },
  { name: 'the verdicts before a check', address: race, open: press('3') },
  { name: 'the verdicts during a check', address: race, open: runningVerdicts },
  {
    name: 'present mode with the QR code of its link',
    address: race,
    open: press('p', 'PageDown', 'k'),
  },
  { name: 'the end card of a presentation', address: race, open: press('p', 'End', 'PageDown') },
  { name: 'the speaker notes', address: './?notes=x&scenario=bind-race', open: press('PageDown') },
  {
    name: 'a wrong answer in the quiz',
    address: './?scenario=double-bind',
    open: async (page) => {
      await page.getByRole('slider', { name: 'Step position' }).fill('17');
      await predict(page);
      await button(page, /^qemu\/2 ?lock/).click();
      await expect(page.getByRole('status').filter({ hasText: 'Incorrect' })).toBeVisible();
    },
  },
  { name: 'the tour', address: './', open: press('g', 'ArrowRight') },
  { name: 'the scenarios', address: race, open: press('o') },
  { name: 'the record dialog', address: race, open: press('v') },
  { name: 'the share dialog', address: race, open: press('e') },
  { name: 'the palette', address: race, open: press('Control+k') },
  { name: 'the help', address: race, open: press('?') },
  { name: 'the embed', address: './embed.html?scenario=bind-race&view=both' },
];

// One theme: src/ui/tokens.test.ts holds the contrast of every pair of tokens in both.
for (const { name, address, open } of VIEWS) {
  test(`axe finds no violation in ${name}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto(address);
    const html = page.locator('html');
    await expect(html).toHaveAttribute('data-idle', 'true');
    await open?.(page);
    await expect(html).toHaveAttribute('data-idle', 'true');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
      ),
    ).toEqual([]);
  });
}
