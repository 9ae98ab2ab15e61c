import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

async function exportText(page: Page, item: string): Promise<string> {
  await page
    .getByRole('dialog', { name: 'Share' })
    .getByRole('button', { name: item, exact: true })
    .click();
  return page.getByRole('textbox', { name: item, exact: true }).inputValue();
}

/** The processes with their open files, and the caption. */
async function visibleState(page: Page): Promise<readonly string[]> {
  await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
  return Promise.all([
    page
      .getByRole('complementary', { name: 'Processes' })
      .getByRole('listitem')
      .allInnerTexts()
      .then((texts) => texts.join('\n')),
    page.getByRole('region', { name: 'Caption' }).innerText(),
  ]);
}

test('a link from the Share dialog opens the same step', async ({ page, context }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=bind-race');
  await page.getByRole('button', { name: 'Go to the end of the branch' }).click();
  const before = await visibleState(page);
  await page.getByRole('button', { name: 'Share or export' }).click();
  const link = await exportText(page, 'Link to this step');
  expect(link.length).toBeLessThan(2100);
  const other = await context.newPage();
  await other.emulateMedia({ reducedMotion: 'reduce' });
  await other.goto(link);
  expect(await visibleState(other)).toEqual(before);
});

test('without clipboard access the text is selected', async ({ page, context }) => {
  await context.clearPermissions();
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', {
      value: { writeText: () => Promise.reject(new Error('refused')) },
    });
  });
  await page.goto('./?scenario=cdev-path');
  await page.getByRole('button', { name: 'Share or export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByRole('status')).toContainText('The text is selected');
  expect(
    await page
      .getByRole('textbox', { name: 'Link to this step' })
      .evaluate(
        (area) =>
          area instanceof HTMLTextAreaElement &&
          area.selectionEnd - area.selectionStart === area.value.length,
      ),
  ).toBe(true);
});

test('a graph exported as SVG has a preview, and opening it restores its scenario', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=hot-unplug');
  await page.getByRole('button', { name: 'Go to the end of the branch' }).click();
  const before = await visibleState(page);
  await page.getByRole('button', { name: 'Share or export' }).click();
  const svg = await exportText(page, 'Graph as SVG');
  await expect(page.getByRole('dialog', { name: 'Share' }).getByRole('img')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.goto('./?scenario=cdev-path');
  await page.getByRole('button', { name: /^Scenario:/ }).click();
  await page
    .getByLabel('Scenario file')
    .setInputFiles({ name: 'graph.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(svg) });
  await page.getByRole('button', { name: 'Go to the end of the branch' }).click();
  expect((await visibleState(page))[0]).toEqual(before[0]);
});

// Every scenario makes the same round trip in Node:
// src/export/exports.slow.test.ts and src/session/url/permalink.slow.test.ts.
for (const id of ['bind-race', 'hot-unplug', 'split-race']) {
  test(`${id} comes back from its link, its SVG and its file`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`./?scenario=${id}`);
    await page.getByRole('button', { name: 'Go to the end of the branch' }).click();
    const before = await visibleState(page);
    await page.getByRole('button', { name: 'Share or export' }).click();
    const [link, svg, file] = [
      await exportText(page, 'Link to this step'),
      await exportText(page, 'Timeline as SVG'),
      await exportText(page, 'Scenario file'),
    ];
    await page.keyboard.press('Escape');
    await page.goto('about:blank');
    await page.goto(link);
    expect(await visibleState(page)).toEqual(before);
    for (const [name, text] of [
      ['run.svg', svg],
      ['run.scenario.json', file],
    ] as const) {
      await page.getByRole('button', { name: /^Scenario:/ }).click();
      await page
        .getByLabel('Scenario file')
        .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
      await page.getByRole('button', { name: 'Go to the end of the branch' }).click();
      expect((await visibleState(page))[0], name).toEqual(before[0]);
    }
  });
}

test('an export shows the counterexample of a check, or argues another property', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=unregister-starved');
  await page.getByRole('button', { name: 'Go to the end of the branch' }).click();
  await page.getByRole('radio', { name: 'Check' }).check({ force: true });
  await page.getByRole('button', { name: 'Check all interleavings' }).click();
  await expect(page.getByRole('list', { name: 'Properties' })).toBeVisible();
  await page.getByRole('button', { name: 'Share or export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  const run = await exportText(page, 'Interleaving text');
  expect(run).toContain('\nProperty: unregister-live ');
  expect(run).toContain('/* still blocked */');
  await dialog.getByLabel('Property').selectOption({ label: 'No driver op before bind' });
  expect(await exportText(page, 'Interleaving text')).toContain('\nProperty: no-ops-before-bind ');
  await dialog
    .getByRole('combobox', { name: /^Run/ })
    .selectOption({ label: 'Counterexample of Unregister returns' });
  const shortest = await exportText(page, 'Interleaving text');
  expect(shortest).toMatch(/\n\(shortest of all schedules, \d+ states explored\)\n/);
  await dialog.getByLabel('All steps').check();
  const full = await exportText(page, 'Interleaving text');
  expect(full.length).toBeGreaterThan(shortest.length);
});
