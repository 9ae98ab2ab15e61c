import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
});

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await idle(page);
}

async function idle(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
}

test('a presentation takes the keys of a remote, has notes in a second window, and ends with a card', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await open(page, './?scenario=bind-race');
  await page.keyboard.press('p');
  await expect(page.getByRole('complementary', { name: 'Processes' })).toBeHidden();
  const caption = page.getByRole('region', { name: 'Caption' });
  // The arrows step, the page keys jump between captions.
  await page.keyboard.press('ArrowRight');
  await idle(page);
  const popup = page.waitForEvent('popup');
  await page.keyboard.press('n');
  const notes = await popup;
  await expect(notes.getByRole('status')).toContainText('Moves with the presentation.');
  await expect(notes.getByText('step 1 of')).toBeVisible();
  await expect(notes.getByRole('region', { name: /^Next/ })).toContainText('has set open_count');
  await page.bringToFront();
  for (const text of ['has set open_count', 'has to wait', 'open_count is not 0']) {
    await page.keyboard.press('PageDown');
    await expect(caption).toContainText(text);
  }
  await expect(notes.getByRole('region', { name: 'Now' })).toContainText('open_count is not 0');
  await notes.getByRole('button', { name: 'Back one step' }).click();
  await expect(caption).toContainText('dpdk');
  await notes.getByRole('button', { name: 'Next caption' }).click();
  await notes.getByText('Notes on a phone').click();
  await expect(notes.getByRole('img', { name: 'QR code of the speaker notes' })).toBeVisible();
  await expect(notes.getByRole('link')).toHaveText(/\?scenario=bind-race&step=\d+&notes=$/);
  // An errno stays on one line.
  const errno = notes.getByText(/^-EINVAL$/).first();
  expect(await errno.evaluate((each) => each.getClientRects().length)).toBe(1);
  await page.keyboard.press('k');
  const panel = page.getByRole('region', { name: 'Link to this step' });
  await expect(panel.getByRole('link')).toHaveText(/\?scenario=bind-race&step=\d+$/);
  expect(await panel.evaluate((each) => each.scrollHeight - each.clientHeight)).toBeLessThan(2);
  await page.keyboard.press('k');

  await page.keyboard.press('l');
  await page.mouse.move(700, 400);
  const dot = await page.locator('[data-pointer]').boundingBox();
  expect(Math.abs((dot?.x ?? 0) + (dot?.width ?? 0) / 2 - 700)).toBeLessThan(3);
  await page.keyboard.press('b');
  await expect(page.getByRole('button', { name: /The screen is black/ })).toBeVisible();
  await expect(notes.getByRole('status')).toContainText('The screen is black.');
  await page.keyboard.press('.');
  await expect(page.getByRole('button', { name: /The screen is black/ })).toHaveCount(0);

  // What the room reads is large enough.
  await idle(page);
  const small = await caption.evaluate((section) =>
    [...section.querySelectorAll<HTMLElement>('p, code, button')]
      .filter((each) => each.textContent !== '' && parseFloat(getComputedStyle(each).fontSize) < 28)
      .map((each) => each.textContent),
  );
  expect(small).toEqual([]);

  await page.keyboard.press('PageDown');
  await idle(page);
  // The process, the object that refuses and its badge are above the caption.
  const top = (await caption.boundingBox())?.y ?? 0;
  for (const part of [page.locator('[data-node][data-touched]'), page.locator('[data-badge]')])
    for (const box of await part.evaluateAll((all) =>
      all
        .filter((each) => each.checkVisibility())
        .map((each) => each.getBoundingClientRect().toJSON() as DOMRect),
    )) {
      expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(0);
      expect(box.right).toBeLessThanOrEqual(1920);
      expect(box.bottom).toBeLessThanOrEqual(top);
    }
  for (let presses = 0; presses < 2; presses += 1) await page.keyboard.press('PageDown');
  const end = page.getByRole('region', { name: 'End of the presentation' });
  await expect(end).toContainText("dpdk's bind_iommufd(fd2, iommufd2) fails with -EINVAL");
  await expect(end.getByRole('img', { name: /QR code/ })).toBeVisible();
  await expect(end.getByRole('link')).toHaveText(/\/\?scenario=bind-race$/);
  await page.keyboard.press('PageUp');
  await expect(end).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Processes' })).toBeVisible();
});

test('a presentation frames what each caption is about, and shows the whole graph with one key', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await open(page, './?scenario=bind-race');
  await page.keyboard.press('p');
  const nodes = page.locator('[data-node]');
  const cut = async (): Promise<number> => {
    await idle(page);
    const top = (await page.getByRole('region', { name: 'Caption' }).boundingBox())?.y ?? 0;
    return nodes.evaluateAll(
      (all, bottom) =>
        all
          .map((each) => each.getBoundingClientRect())
          .filter((box) => box.left < 0 || box.right > 1920 || box.top < 0 || box.bottom > bottom)
          .length,
      top,
    );
  };
  const width = async (): Promise<number> =>
    (await page.locator('[data-node="process:dpdk"]').boundingBox())?.width ?? 0;
  expect(await cut()).toBe(0);
  await page.keyboard.press('PageDown');
  expect(await cut()).toBeGreaterThan(0);
  const near = await width();
  await page.keyboard.press('f');
  expect(await cut()).toBe(0);
  expect(near / (await width())).toBeGreaterThan(1.19);
  await page.keyboard.press('f');
  await idle(page);
  expect(await width()).toBe(near);
  await page.keyboard.press('End');
  expect(await cut()).toBe(0);
  await page.mouse.move(700, 400);
  await expect(page.getByRole('button', { name: 'Show the whole graph' })).toHaveAttribute(
    'data-tooltip',
    /F$/,
  );
});

test('the controls of a presentation hide beside the text, and the mouse highlights nothing', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await open(page, './');
  await page.keyboard.press('p');
  const node = page.locator('[data-node="vfio_device:vfio0"]');
  await node.hover();
  await expect(page.locator('[data-node][data-highlighted]')).toHaveCount(0);
  const controls = page.getByRole('group', { name: 'Presentation' });
  // They hide soon after the mouse has stopped.
  await expect(async () => {
    await page.mouse.move(600, 400);
    await page.mouse.move(620, 400);
    await expect(controls).toHaveCSS('opacity', '1', { timeout: 1000 });
  }).toPass();
  // With the mouse parked, also while keys are pressed.
  await page.keyboard.press('ArrowRight');
  await expect(controls).toHaveCSS('opacity', '0');
  const bottom = await page
    .getByRole('region', { name: 'Caption' })
    .locator('p')
    .evaluateAll((texts) =>
      Math.max(...texts.slice(0, 2).map((p) => p.getBoundingClientRect().bottom)),
    );
  expect((await controls.boundingBox())?.y).toBeGreaterThanOrEqual(bottom);
  await page.keyboard.press('l');
  await page.mouse.move(3, 3);
  await node.hover();
  await expect(node).toHaveAttribute('data-highlighted');
  await expect(page.locator('g[data-highlighted]')).toHaveCount(0);
  await page.keyboard.press('End');
  await page.keyboard.press('PageDown');
  const end = page.getByRole('region', { name: 'End of the presentation' });
  await expect(end.getByRole('link')).toHaveText(/\/\?scenario=first-race$/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Welcome' })).toBeVisible();
});

test('the happy path works with the keyboard alone', async ({ page }) => {
  await open(page, './?scenario=cdev-path');
  const reach = async (name: string): Promise<void> => {
    const button = page.getByRole('button', { name, exact: true });
    for (let tabs = 0; tabs < 200; tabs += 1) {
      if (await button.evaluate((each) => each === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${name} is not reached by Tab`);
  };
  for (const name of ['Open vfio0', 'Open /dev/iommu', 'Bind fd1 to iommufd1']) {
    await reach(name);
    await page.keyboard.press('Enter');
    await idle(page);
    expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true);
  }
  await expect(page.getByRole('list', { name: 'Open files of qemu' })).toContainText('granted');
});

test('a scenario opens without playing and offers the tour', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await open(page, './?scenario=cdev-path');
  await expect(page.getByRole('status', { name: 'Step' })).toHaveText(/^0 /);
  await expect(page.getByRole('region', { name: 'Caption' }).getByRole('button')).toHaveText([
    /Play walkthrough/,
    /tour/,
  ]);
});

test('a link opens at its step', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await open(page, './?scenario=cdev-path');
  await page.getByRole('button', { name: 'Open vfio0', exact: true }).click();
  await idle(page);
  const step = await page.getByRole('status', { name: 'Step' }).textContent();
  await expect.poll(() => page.evaluate(() => location.hash)).not.toBe('');
  const hash = await page.evaluate(() => location.hash);
  await page.goto('about:blank');
  await open(page, `./${hash}`);
  await expect(page.getByRole('status', { name: 'Step' })).toHaveText(step ?? '');
});

test('the end of a run offers the next scenario and the link', async ({ page }) => {
  await open(page, './?scenario=bind-race');
  await page.keyboard.press('End');
  await idle(page);
  const caption = page.getByRole('region', { name: 'Caption' });
  await expect(caption).toContainText('Every call has returned.');
  await expect(caption.getByRole('button', { name: /next scenario/ })).toBeVisible();
  await expect(caption.getByRole('button', { name: 'Start over' })).toBeVisible();
  await caption.getByRole('button', { name: 'Share this run' }).click();
  await expect(page.getByRole('dialog', { name: /Share/ })).toContainText('Link to this step');
});

test('the first screen asks one question, and nothing moves before the reader asks', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.goto('./');
  await idle(page);
  const card = page.getByRole('region', { name: 'Welcome' });
  await expect(card.getByRole('heading')).toContainText('Who stops the second one');
  await expect(page.getByRole('complementary')).toHaveCount(0);
  await expect(page.getByRole('article', { name: /qemu/ })).toContainText('next open_cdev');
  for (const [term, meaning] of [
    ['iommufd', 'An open file of /dev/iommu'],
    ['cdev', 'A character device'],
    ['RFC', 'Request for comments'],
    ['Parked', 'its fops can only bind'],
    ['fops', 'file operations'],
    ['type1', 'The IOMMU driver of a container'],
  ] as const) {
    await card.getByText(term, { exact: true }).first().hover();
    await expect(page.getByRole('tooltip')).toContainText(meaning);
  }
  const stage = page.getByRole('region', { name: 'Stage' });
  const size = await stage.boundingBox();

  for (const words of ['admit one process', 'only the bind', 'type1 keeps', 'under a lock'])
    await expect(card.locator('label').getByText(words)).toBeInViewport();

  await card.getByRole('button', { name: 'Race them' }).click();
  await expect(card.getByRole('button', { name: 'Pause' })).toBeVisible();
  const step = card.getByRole('status', { name: 'Step' });
  await card.getByRole('button', { name: 'Step forward' }).click();
  await card.getByRole('button', { name: 'Step forward' }).click();
  await card.getByRole('button', { name: 'Step back' }).click();
  await expect(card.getByRole('button', { name: 'Continue' })).toBeVisible();
  await expect(step).toHaveText(/^[1-9]\d* \/ \d+$/);
  await page.keyboard.press('End');
  await expect(step).toHaveText(/^(\d+) \/ \1$/);
  expect(await stage.boundingBox()).toEqual(size);
  const linux = card.locator('label', { hasText: 'Linux' });
  await expect(linux).toContainText('dpdk is stopped at bind_iommufd: -EINVAL');
  await card.getByRole('button', { name: 'Next design' }).click();
  await expect(card.getByRole('radio', { name: /The RFC as posted/ })).toBeChecked();
  await expect(card.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('End');
  const rfc = card.locator('label', { hasText: 'The RFC' });
  await expect(rfc).toContainText('open_cdev: -EBUSY. Violated: No driver op before bind');
  await expect(card).not.toContainText('no-ops-before-bind');
  expect(await stage.boundingBox()).toEqual(size);
  await expect(linux).toContainText('-EINVAL');
  await expect(card).toContainText('dpdk got -EBUSY and has no file');
  // The answers and the places of the nodes stay when the tour has been open.
  const places = () =>
    page
      .locator('.react-flow__node')
      .evaluateAll((nodes) => nodes.map((each) => [each.dataset['id'], each.style.transform]));
  const before = await places();
  await page.keyboard.press('g');
  for (let at = 2; at <= 10; at += 1) {
    const tour = page.getByRole('region', { name: 'Tour' });
    await tour.getByRole('button', { name: 'Next' }).click();
    await expect(tour).toContainText(`${at} of`);
  }
  await page.keyboard.press('Escape');
  await expect(linux).toContainText('-EINVAL');
  await expect(rfc).toContainText('open_cdev: -EBUSY');
  expect(await places()).toEqual(before);

  await card.getByRole('button', { name: 'Explore on your own' }).click();
  await expect(card).toHaveCount(0);
  await expect(page.getByRole('complementary', { name: 'Processes' })).toBeVisible();
});

test('keys move through the tour, and its end returns to the session', async ({ page }) => {
  await open(page, './?scenario=hot-unplug');
  await page.keyboard.press('End');
  const before = await page.getByRole('status', { name: 'Step' }).textContent();
  await page.keyboard.press('g');
  const tour = page.getByRole('region', { name: 'Tour' });
  await expect(tour).toContainText('1 of');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('ArrowLeft');
  await expect(tour).toContainText('2 of');
  await page.keyboard.press('Escape');
  await expect(tour).toHaveCount(0);
  await expect(page.getByRole('button', { name: /Scenario:/ })).toHaveAccessibleName(/Hot unplug/);
  await expect(page.getByRole('status', { name: 'Step' })).toHaveText(before ?? '');
});

test('the palette filters by text, moves with arrow keys, and focuses the chosen object', async ({
  page,
}) => {
  await open(page, './?scenario=bind-race');
  await page.keyboard.press('Control+k');
  const box = page.getByRole('combobox', { name: 'Find a command, call or object' });
  await expect(box).toBeFocused();
  await page.keyboard.type('open vfio0 dpdk');
  await expect(
    page.getByRole('listbox', { name: 'Matches' }).getByRole('option', { selected: true }),
  ).toContainText('Open vfio0');
  await page.keyboard.press('Escape');
  await expect(box).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('struct group');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page.locator('article:focus')).toHaveAccessibleName(/group 12/);
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('References');
});

test('the quiz asks, says whether the answer is correct and why, and closes', async ({ page }) => {
  await open(page, './?scenario=bind-race');
  await page.keyboard.press('q');
  const card = page.getByRole('dialog', { name: 'Quiz' });
  await expect(card.getByRole('group', { name: 'Answers' })).toHaveAccessibleDescription(
    /What will it return\?$/,
  );
  for (let asked = 1; asked < 8; asked += 1) {
    const refused = await card.getByText('dpdk is about to call bind_iommufd').count();
    await (
      refused > 0
        ? card.getByRole('button', { name: '-EINVAL', exact: true })
        : card.getByRole('group', { name: 'Answers' }).getByRole('button').first()
    ).click();
    await expect(card.getByRole('status').filter({ hasText: /Correct|Incorrect/ })).toContainText(
      refused > 0 ? /Correct.*already open/ : /\S/,
    );
    await expect(card.getByRole('button', { name: 'Next question' })).toBeFocused();
    if (refused > 0) break;
    await page.keyboard.press('Enter');
  }
  await page.keyboard.press('Escape');
  await expect(card).toHaveCount(0);
});

test('a page at 200% zoom shows the stage and the whole explanation of an answer', async ({
  page,
}) => {
  await page.setViewportSize({ width: 720, height: 450 });
  await open(page, './?scenario=bind-race');
  const [scenario, design] = await Promise.all(
    [
      page.getByRole('button', { name: /^Scenario:/ }),
      page.getByRole('group', { name: 'Design' }),
    ].map((each) => each.boundingBox()),
  );
  expect(Math.abs((scenario?.y ?? 0) - (design?.y ?? 0))).toBeLessThan(10);
  await page.keyboard.press('q');
  const card = page.getByRole('dialog', { name: 'Quiz' });
  await card.getByRole('group', { name: 'Answers' }).getByRole('button').first().click();
  const reason = card.getByRole('status').filter({ hasText: /Correct|Incorrect/ });
  await expect(reason).toBeInViewport({ ratio: 1 });
  expect(await reason.evaluate((each) => each.scrollHeight - each.clientHeight)).toBe(0);
});

test('the quiz works by keyboard and shows the alternative order on a branch', async ({ page }) => {
  await open(page, './?scenario=double-bind');
  await page.keyboard.press('q');
  const card = page.getByRole('dialog', { name: 'Quiz' });
  const answers = card.getByRole('group', { name: 'Answers' }).getByRole('button');
  await expect(answers.first()).toBeFocused();
  while ((await card.getByText('Which task must run next').count()) === 0) {
    await page.keyboard.press('Enter');
    await expect(card.getByRole('button', { name: 'Next question' })).toBeFocused();
    await page.keyboard.press('Enter');
  }
  const step = await page.getByRole('status', { name: 'Step' }).textContent();
  await expect(answers).toHaveText([/^qemulock/, /^qemu\/2lock/]);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(
    card.getByRole('status').filter({ hasText: 'Incorrect. The answer is qemu.' }),
  ).toContainText('qemu waits for devset vfio0.lock, held by qemu/2');
  await page.keyboard.press('Tab');
  await expect(card.getByRole('button', { name: 'Show qemu/2 first' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Branch qemu/2 first' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(page.getByRole('group', { name: 'Task qemu', exact: true })).toContainText(
    'waits for devset vfio0.lock, held by qemu/2',
  );
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Branch main' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(page.getByRole('status', { name: 'Step' })).not.toHaveText(step ?? '');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(card.getByText('Which task must run next')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(card).toHaveCount(0);
});

test('a step is announced once, and ? lists the keyboard shortcuts', async ({ page }) => {
  await open(page, './?scenario=bind-race');
  const said = page.locator('[aria-live="polite"][aria-atomic="true"]');
  await expect(said).toHaveCount(1);
  await page.keyboard.press('ArrowRight');
  await expect(said).toHaveText(/qemu/);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Help and shortcuts' });
  await expect(help).toContainText('Take the guided tour');
  await expect(help.getByRole('table', { name: 'In a presentation' })).toContainText(
    'Present the next captionPageDownSpace',
  );
});

test.describe('a part of the page that fails to load', () => {
  test.use({
    allowedProblems: [/Failed to load resource|Failed to fetch dynamically imported module/],
  });

  test('is reported in its place, and Reload restores the run and the part', async ({ page }) => {
    await page.route(/\/(VerdictsView|HelpDialog)-.*\.js/, (route) => route.abort());
    await open(page, './?scenario=bind-race');
    await page.keyboard.press('PageDown');
    const step = await page.getByRole('status', { name: 'Step' }).textContent();
    await page.keyboard.press('3');
    await expect(page.getByRole('alert')).toContainText(
      'The table of verdicts could not be loaded.',
    );
    await page.keyboard.press('1');
    await expect(page.getByRole('complementary', { name: 'Processes' })).toContainText('qemu');
    await expect(page.getByRole('region', { name: 'Stage' })).toContainText('vfio0');
    await page.keyboard.press('?');
    await expect(page.getByRole('alert')).toContainText('This dialog could not be loaded.');
    await expect(page.getByRole('button', { name: 'Reload' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect.poll(() => page.evaluate(() => location.hash)).not.toBe('');
    await page.keyboard.press('3');
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Reload' }).click();
    await idle(page);
    await expect(page.getByRole('status', { name: 'Step' })).toHaveText(step ?? '');
    await page.keyboard.press('3');
    await expect(page.getByRole('button', { name: 'Check all again' })).toBeVisible();
  });

  test('loads when it is needed, or after a reload, if preloading failed', async ({ page }) => {
    const refused = page.waitForEvent('requestfailed', (request) =>
      /\/SelectionDetails-/.test(request.url()),
    );
    await page.route(/\/SelectionDetails-.*\.js/, (route) => route.abort());
    await open(page, './?scenario=bind-race');
    await refused;
    const details = page.getByRole('region', { name: 'Details' });
    await page.unrouteAll();
    const show = details.getByRole('button', { name: /^Show / });
    const reload = details.getByRole('button', { name: 'Reload' });
    const references = details.getByText('References', { exact: true });
    await show.click();
    await expect(references.or(reload)).toBeVisible();
    // Older versions of Chromium cache a failed import.
    if (await reload.isVisible()) {
      await reload.click();
      await idle(page);
      // The address may have kept the selection.
      await expect(show.or(references)).toBeVisible();
      if (await show.isVisible()) await show.click();
    }
    await expect(references).toBeVisible();
  });
});
