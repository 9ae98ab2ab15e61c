import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { crowdScene, idle, openScene, stepOn } from './stageScenes.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** The places of the nodes on the stage, by id. They do not depend on the view. */
function places(page: Page): Promise<Readonly<Record<string, string>>> {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('.react-flow__node')].map((node) => [
        node.dataset['id'] ?? '',
        node.style.transform,
      ]),
    ),
  );
}

/** Chooses a design; its code may load first, so the radio is checked a little later. */
async function switchDesign(page: Page, design: string): Promise<void> {
  const radio = page.getByRole('radio', { name: design });
  await radio.click({ force: true });
  await expect(radio).toBeChecked();
}

for (const scenario of ['bind-race', 'split-race'])
  test(`the objects of ${scenario} keep their places in all four designs`, async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`./?scenario=${scenario}&design=upstream`);
    await idle(page);
    const known: Record<string, string> = {};
    for (const design of ['upstream', 'parked-split', 'parked-shim', 'rfc-opened', 'upstream']) {
      await switchDesign(page, design);
      await idle(page);
      await page.keyboard.press('End');
      await idle(page);
      const now = await places(page);
      const common = Object.keys(now).filter((id) => known[id] !== undefined);
      expect(
        common.filter((id) => now[id] !== known[id]),
        design,
      ).toEqual([]);
      Object.assign(known, now);
    }
  });

test('a graph that another design makes too wide is laid out afresh', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  const zoom = (): Promise<number> =>
    page
      .locator('.react-flow__viewport')
      .evaluate((each) => new DOMMatrix(getComputedStyle(each).transform).a);
  await page.goto('./?scenario=bind-race&design=rfc-opened');
  await idle(page);
  const fresh = await zoom();
  await page.goto('./?scenario=bind-race&design=parked-shim');
  await idle(page);
  await switchDesign(page, 'rfc-opened');
  await idle(page);
  expect(await zoom()).toBeGreaterThanOrEqual(0.8 * fresh);
});

test('a small change of the window moves no object', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=bind-race');
  await idle(page);
  const before = await places(page);
  for (const [width, height] of [
    [1360, 860],
    [1536, 900],
    [1600, 960],
    [1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height });
    await idle(page);
    expect(await places(page), `${width}x${height}`).toEqual(before);
  }
});

test('calls, branches, playback and a copied link move no control', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=bind-race');
  await idle(page);
  const named = (name: string) => page.getByRole('button', { name, exact: true }).first();
  const rows = async (...names: readonly string[]): Promise<readonly (number | undefined)[]> =>
    Promise.all(names.map(async (name) => (await named(name).boundingBox())?.y));
  const controls = ['Open vfio0', 'Open /dev/iommu', 'Step forward'];
  const first = await rows(...controls);
  await named('Open vfio0').click();
  await idle(page);
  expect(await rows(...controls)).toEqual(first);
  await page.goto('./?scenario=bind-race&step=20');
  await idle(page);
  const start = await rows('Step qemu', 'Open vfio0', 'Step forward');
  await page.getByRole('combobox', { name: 'Scheduler' }).selectOption('random');
  await named('Step dpdk').click();
  for (let i = 0; i < 8; i += 1) await page.keyboard.press('ArrowRight');
  await idle(page);
  await expect(page.getByRole('group', { name: 'Branches' })).toBeVisible();
  expect(await rows('Step qemu', 'Open vfio0', 'Step forward')).toEqual(start);
  await page.keyboard.press('b');
  const before = await rows('Start a new scenario', 'Device');
  await named('Copy a link to this run').click();
  await expect(page.getByRole('status').filter({ hasText: 'Link copied.' })).toBeVisible();
  expect(await rows('Start a new scenario', 'Device')).toEqual(before);
});

test('the tools of the header have words where there is room, and none is cut', async ({
  page,
}) => {
  await page.goto('./?scenario=bind-race&design=upstream');
  await idle(page);
  const header = page.getByRole('banner');
  for (const [width, words] of [
    [1440, ['Compare', 'Verdicts', 'Quiz', 'Present', 'Share']],
    [1310, ['Compare', 'Verdicts', 'Quiz']],
    [1240, ['Compare', 'Verdicts']],
    [1100, ['Compare', 'Verdicts', 'Menu']],
    [880, ['Menu']],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    for (const word of words) await expect(header.getByText(word, { exact: true })).toBeVisible();
    expect(await header.evaluate((bar) => bar.scrollWidth - bar.clientWidth), `${width} px`).toBe(
      0,
    );
  }
  await header.getByRole('button', { name: 'Menu' }).click();
  for (const word of ['Compare', 'Quiz', 'Present', 'Share', 'Find', 'Help'])
    await expect(page.getByRole('region', { name: 'Menu' }).getByText(word)).toBeVisible();
});

test('the designs have the same short words in the header, on a phone, in Compare and in a presentation', async ({
  page,
}) => {
  const words = ['RFC', 'Parked, shim', 'Parked, separate', 'Linux v6.12'];
  const cutIn = (choice: string): Promise<readonly (string | null)[]> =>
    page
      .locator(choice)
      .evaluateAll((texts) =>
        texts
          .filter((text) => text.scrollWidth > text.clientWidth)
          .map(({ textContent }) => textContent),
      );
  for (const width of [1440, 390, 360]) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto('./?scenario=bind-race&design=parked-shim');
    await idle(page);
    const header = page.getByRole('group', { name: 'Design' });
    for (const word of words) await expect(header.getByText(word, { exact: true })).toBeVisible();
    await expect(
      header.getByRole('radio', { name: /^Parked, shim: .*type1 as a shim/ }),
    ).toBeChecked();
    expect(await cutIn('header fieldset label > span'), `${width} px`).toEqual([]);
  }
  await page.goto('./');
  await idle(page);
  const question = page.getByRole('group', { name: 'In which design?' });
  for (const word of words)
    await expect(question.getByText(word, { exact: true }).last()).toBeVisible();
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=bind-race&design=parked-shim');
  await idle(page);
  await page.keyboard.press('2');
  for (const word of words)
    await expect(
      page.getByRole('group', { name: 'Columns' }).getByText(word, { exact: true }),
    ).toBeVisible();
  await page.keyboard.press('1');
  await page.keyboard.press('p');
  const caption = page.getByRole('region', { name: 'Caption' });
  await expect(caption.getByText('Parked, shim', { exact: true })).toBeVisible();
  await expect(caption).not.toContainText('parked-shim');
});

for (const [width, height] of [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const)
  test(`the legend fits and leaves the stage in view at ${width}x${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto('./?scenario=bind-race&step=10');
    await idle(page);
    await page.getByRole('button', { name: 'Legend' }).click();
    const legend = page.getByRole('region', { name: 'Legend' });
    const last = legend.getByText('Drawn with React Flow.');
    await last.scrollIntoViewIfNeeded();
    await expect(last).toBeInViewport({ ratio: 1 });
    const panel = (await legend.boundingBox())!;
    expect(panel.x).toBeGreaterThanOrEqual(0);
    expect(panel.y).toBeGreaterThanOrEqual(0);
    expect(panel.x + panel.width).toBeLessThanOrEqual(width);
    expect(panel.y + panel.height).toBeLessThanOrEqual(height);
    const stage = (await page.locator('.react-flow').boundingBox())!;
    const overlap =
      Math.max(
        0,
        Math.min(panel.x + panel.width, stage.x + stage.width) - Math.max(panel.x, stage.x),
      ) *
      Math.max(
        0,
        Math.min(panel.y + panel.height, stage.y + stage.height) - Math.max(panel.y, stage.y),
      );
    expect(overlap / (stage.width * stage.height)).toBeLessThan(width < 560 ? 0.45 : 0.12);
  });

test('the timeline shows four lanes whole, and that more of them go on below', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=bind-race');
  const timeline = page.getByRole('region', { name: 'Timeline' });
  const lanes = timeline.getByRole('group', { name: /^Calls of / });
  /** The lanes with less than their whole height in view. */
  const cut = (): Promise<number> =>
    lanes.evaluateAll((all) => {
      const view = all[0]!.closest('section')!.firstElementChild!.getBoundingClientRect();
      const ruler = 24;
      return all.filter((lane) => {
        const { top, bottom } = lane.getBoundingClientRect();
        return top < view.top + ruler - 1 || bottom > view.bottom + 1;
      }).length;
    });
  await openScene(page, crowdScene('upstream', 4));
  await page.keyboard.press('End');
  await idle(page);
  await expect(lanes).toHaveCount(4);
  expect(await cut()).toBe(0);
  await expect(timeline.locator('[data-more-below]')).toHaveCount(0);
  await openScene(page, crowdScene('upstream', 8));
  await page.keyboard.press('Home');
  await page.keyboard.press('End');
  await idle(page);
  await expect(lanes).toHaveCount(8);
  const scroller = timeline.locator('> div').first();
  await scroller.evaluate((box) => box.scrollTo(0, 0));
  await expect(timeline.locator('[data-more-below]')).toHaveCount(1);
  await scroller.evaluate((box) => box.scrollTo(0, box.scrollHeight));
  const bottomOf = async (part: Locator): Promise<number> => {
    const { y, height } = (await part.boundingBox())!;
    return y + height;
  };
  expect(await bottomOf(lanes.last())).toBeLessThanOrEqual((await bottomOf(scroller)) + 1);
  await expect(timeline.locator('[data-more-below]')).toHaveCount(0);
});

test('the stage of a phone comes back where the reader was, unless a step has run meanwhile', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('./?scenario=bind-race&design=upstream&step=30');
  await idle(page);
  const viewport = page.locator('.react-flow__viewport');
  const place = (): Promise<string> => viewport.evaluate(({ style }) => style.transform);
  const tab = async (name: string): Promise<void> => {
    await page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name }).click();
    await idle(page);
  };
  await page.locator('.react-flow').hover();
  await page.mouse.wheel(0, -200);
  await idle(page);
  const chosen = await place();
  for (const panel of ['Source', 'Steps']) {
    await tab(panel);
    await tab('Stage');
    expect(await place(), panel).toBe(chosen);
  }
  await page.goto('./?scenario=bind-race&design=upstream&step=1');
  await idle(page);
  await tab('Source');
  for (let step = 1; step < 30; step += 1) await stepOn(page);
  await tab('Stage');
  const touched = page.locator('[data-node^="vfio_device_set:"]');
  await expect(touched).toBeInViewport({ ratio: 1 });
});
