import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
});

async function idle(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
}

/** Opens a built-in scenario and goes to a step of its walkthrough. */
async function open(page: Page, scenario: string, step = 0): Promise<void> {
  await page.goto(`./?scenario=${scenario}`);
  await idle(page);
  const slider = page.getByRole('slider', { name: 'Step position' });
  await slider.focus();
  await page.keyboard.press('Home');
  for (let made = 0; made < step; made += 1) await page.keyboard.press('ArrowRight');
  await idle(page);
}

test('one-key commands work after a click on a segmented control', async ({ page }) => {
  await page.goto('./?scenario=bind-race');
  await idle(page);
  const segment = page.getByRole('radio', { name: /^Start calls/ });
  await segment.click();
  await expect(segment).toBeFocused();
  await page.keyboard.press('c');
  await expect(page.getByRole('region', { name: 'Check', exact: true })).toBeVisible();
});

test('a step in the past starts a branch that can be renamed and left by keyboard', async ({
  page,
}) => {
  await open(page, 'bind-race', 20);
  await page.getByRole('button', { name: 'Step dpdk', exact: true }).focus();
  await page.keyboard.press('Enter');
  const branches = page.getByRole('group', { name: 'Branches' }).getByRole('button');
  await expect(branches).toHaveText([/^main/, /^branch 2/]);
  await branches.last().focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Name of this branch' })).toBeFocused();
  await page.keyboard.type('dpdk cuts in');
  await page.keyboard.press('Enter');
  const named = page.getByRole('button', { name: 'Branch dpdk cuts in' });
  await expect(named).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type('never mind');
  await page.keyboard.press('Escape');
  await expect(named).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Branch main' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(page.getByRole('status', { name: 'Step' })).toHaveText('20 / 57');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('branch dpdk');
  await expect(page.getByRole('listbox', { name: 'Matches' }).getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(named).toHaveAttribute('aria-pressed', 'true');
});

test('a reload restores named branches; another link opens without them', async ({ page }) => {
  await open(page, 'bind-race', 20);
  await page.getByRole('button', { name: 'Step dpdk', exact: true }).click();
  const branches = page.getByRole('group', { name: 'Branches' }).getByRole('button');
  await branches.last().click();
  await page.keyboard.type('dpdk cuts in');
  await page.keyboard.press('Enter');
  await page.reload();
  await idle(page);
  await expect(branches).toHaveText([/^main/, /^dpdk cuts in/]);
  await expect(page.getByRole('button', { name: 'Branch dpdk cuts in' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(page.getByRole('status', { name: 'Step' })).toHaveText(/^21 /);
  const mine = await page.evaluate(() => location.hash);
  await page.getByRole('button', { name: 'Branch main' }).click();
  // At once, before the address has followed.
  await page.reload();
  await idle(page);
  await expect(branches).toHaveText([/^main/, /^dpdk cuts in/]);
  await expect(page.getByRole('status', { name: 'Step' })).toHaveText('20 / 57');
  await open(page, 'hot-unplug', 3);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => page.evaluate(() => location.hash)).not.toBe(mine);
  await expect(branches).toHaveCount(0);
});

test('without storage, a reload restores what the address contains', async ({ page }) => {
  await page.addInitScript(() =>
    Object.defineProperty(window, 'sessionStorage', {
      get: () => {
        throw new DOMException('refused', 'SecurityError');
      },
    }),
  );
  await open(page, 'bind-race', 20);
  const length = (): Promise<number> => page.evaluate(() => location.hash.length);
  await expect.poll(length).toBeGreaterThan(1);
  const walkthrough = await length();
  await page.getByRole('button', { name: 'Step dpdk', exact: true }).click();
  await expect(page.getByRole('group', { name: 'Branches' }).getByRole('button')).toHaveCount(2);
  // The branch ends here: its link contains fewer steps than that of the walkthrough.
  await expect.poll(length).toBeLessThan(walkthrough);
  await page.reload();
  await idle(page);
  await expect(page.getByRole('status', { name: 'Step' })).toHaveText('21 / 21');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('the details show why a task waits, who holds the lock, and since which step', async ({
  page,
}) => {
  await open(page, 'hot-unplug', 45);
  const details = page.getByRole('region', { name: 'Details' });
  await details.getByRole('button', { name: 'Show why driver waits' }).click();
  await expect(details).toContainText('driver waits for vfio0.comp, held by fd1.');
  await expect(details).toContainText('fd1 counts in vfio0.refcount: an open file.');
  await details.getByRole('button', { name: 'vfio0.parent.mutex' }).click();
  await expect(details).toContainText('taken by driver UNREG.0a');
  await details.getByRole('button', { name: 'step 34' }).click();
  await expect(page.getByRole('status', { name: 'Step' })).toHaveText(/^34 /);
});

test('selecting a table of file operations by keyboard lists its files and links to them', async ({
  page,
}) => {
  await open(page, 'bind-race', 57);
  const details = page.getByRole('region', { name: 'Details' });
  const fops = page.getByRole('article', { name: 'access granted, read, write, mmap, ioctl' });
  await fops.focus();
  await page.keyboard.press('Enter');
  await expect(fops).toHaveAttribute('aria-current', 'true');
  await expect(details.getByRole('heading', { level: 2 })).toHaveText('access granted');
  await expect(details).toContainText('fd1, open in qemu: since step 44, qemu BIND.16');
  await expect(details).toContainText('with a store-release, at BIND.16, under dev_set.lock');
  await details.getByRole('button', { name: 'fd1' }).click();
  await expect(details.getByRole('heading', { level: 2 })).toHaveText('struct file fd1');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('access not granted');
  await expect(page.getByRole('listbox', { name: 'Matches' }).getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(details).toContainText('fd2, open in dpdk: since step 10, dpdk OPEN.4');
  await expect(page.getByRole('article', { name: 'access not granted, bind only' })).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('/dev/vfio/devices');
  await expect(page.getByRole('listbox', { name: 'Matches' }).getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(details).toContainText('/dev/vfio/devices/vfio0 exists.');
  await details.getByRole('button', { name: 'fd2' }).first().click();
  await expect(details.getByRole('heading', { level: 2 })).toHaveText('struct file fd2');
});

test("the kernel's side tells what it has done and where it stands", async ({ page }) => {
  await open(page, 'hot-unplug', 45);
  const driver = page.getByRole('article', { name: /^kernel side driver/ });
  await driver.focus();
  await page.keyboard.press('Enter');
  const details = page.getByRole('region', { name: 'Details' });
  await expect(details).toContainText('is in unregister_device(vfio0)');
  await details.getByRole('button', { name: 'unregister_device(vfio0), from step 34' }).click();
  await expect(page.getByRole('status', { name: 'Step' })).toHaveText(/^34 /);
});

test('the tour can be completed by keyboard and restores the focus', async ({ page }) => {
  await page.goto('./');
  await idle(page);
  await page.getByRole('button', { name: /tour/i }).focus();
  await page.keyboard.press('Enter');
  const tour = page.getByRole('region', { name: 'Tour' });
  const done = tour.getByRole('button', { name: 'Done' });
  const title = tour.getByRole('heading');
  for (let stop = 1; (await done.count()) === 0; stop += 1) {
    await expect(tour).toContainText(`${stop} of`);
    await expect(title).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await expect(tour).toContainText(`${stop + 1} of`);
  }
  await done.focus();
  await page.keyboard.press('Enter');
  await expect(
    page.getByRole('region', { name: 'Welcome' }).getByRole('button').first(),
  ).toBeFocused();
});

test('panels resize by keyboard, leave room for the stage, and keep their size', async ({
  page,
}) => {
  await open(page, 'bind-race');
  const separators = page.getByRole('separator');
  for (const separator of await separators.all()) {
    await separator.focus();
    await page.keyboard.press('End');
    await expect(separator).toBeFocused();
  }
  // The two at the sides leave the stage 500 px and so get less than they ask for; what they say is what they have.
  for (const separator of await separators.all()) {
    const panel = await page
      .locator(`#${await separator.getAttribute('aria-controls')}`)
      .boundingBox();
    const flat = (await separator.getAttribute('aria-orientation')) === 'horizontal';
    await expect(separator).toHaveAttribute(
      'aria-valuenow',
      String(Math.round((flat ? panel?.height : panel?.width) ?? 0)),
    );
  }
  expect(Number(await separators.nth(1).getAttribute('aria-valuenow'))).toBeLessThan(720);
  const stage = await page.getByRole('region', { name: 'Stage' }).boundingBox();
  expect(stage?.width).toBeGreaterThan(480);
  expect(stage?.height).toBeGreaterThan(150);
  const sizes = (): Promise<readonly (string | null)[]> =>
    separators.evaluateAll((all) => all.map((each) => each.ariaValueNow));
  await separators.first().focus();
  await page.keyboard.press('ArrowLeft');
  const before = await sizes();
  await page.reload();
  await idle(page);
  expect(await sizes()).toEqual(before);
});

for (const [what, opener] of [
  ['help', /^Show help/],
  ['share', /^Share/],
  ['palette', /^Find a command/],
  ['scenarios', /^Scenario:/],
] as const) {
  test(`the ${what} dialog traps the focus, closes on Escape, and restores the focus`, async ({
    page,
  }) => {
    await open(page, 'bind-race');
    const button = page.getByRole('banner').getByRole('button', { name: opener });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeVisible();
    await idle(page);
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await page.keyboard.press('Tab');
      expect(
        await page.evaluate(
          () =>
            document.activeElement === document.body ||
            document.activeElement?.closest('dialog') !== null,
        ),
      ).toBe(true);
    }
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(button).toBeFocused();
  });
}

/** Delays the load of the palette until the returned function is called. */
async function holdPalette(page: Page): Promise<() => void> {
  let come = (): void => {};
  const asked = new Promise<void>((resolve) => (come = resolve));
  await page.route(/PaletteDialog/, async (route) => {
    await asked;
    await route.continue();
  });
  return come;
}

test('Enter before the palette has loaded picks the best match', async ({ page }) => {
  await open(page, 'bind-race');
  const come = await holdPalette(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('help and shortcuts');
  await page.keyboard.press('Enter');
  come();
  await expect(page.getByRole('dialog', { name: 'Help and shortcuts' })).toBeVisible();
  await expect(page.getByRole('combobox', { name: /Find a command/ })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('text typed before the palette has loaded appears in it', async ({ page }) => {
  await open(page, 'bind-race');
  const come = await holdPalette(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('open ');
  come();
  // While it is fetched, built and put on the page.
  await page.keyboard.type('vfio0 dpdk', { delay: 20 });
  await expect(page.getByRole('combobox', { name: /Find a command/ })).toHaveValue(
    'open vfio0 dpdk',
  );
  await expect(page.getByRole('combobox', { name: /Find a command/ })).toBeFocused();
  await expect(page.getByRole('listbox', { name: 'Matches' }).getByRole('option')).toHaveText([
    /Open vfio0/,
  ]);
});

test('the first Tab lands at the beginning of the page', async ({ page }) => {
  await page.goto('./?scenario=first-race');
  await idle(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('banner').getByRole('button').first()).toBeFocused();
});
