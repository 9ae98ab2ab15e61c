import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import {
  bindScene,
  crowdScene,
  idle,
  openScene,
  raceScene,
  stepOn,
  stepUntil,
  unplugScene,
  type SceneFile,
} from './stageScenes.ts';

const stage = (page: Page): Locator => page.getByRole('region', { name: 'Stage', exact: true });
const node = (page: Page, name: RegExp): Locator => stage(page).getByRole('article', { name });

async function open(page: Page, scene: SceneFile): Promise<void> {
  await page.goto('./?scenario=cdev-path');
  await openScene(page, scene);
}

async function find(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Find an object' }).press('Enter');
  await page.getByRole('combobox', { name: 'Find an object on the stage' }).fill(text);
}

/** Texts in view on the stage that are smaller than `minPx` on the screen. */
function smallTexts(page: Page, minPx = 12): Promise<readonly string[]> {
  return stage(page).evaluate((element, min) => {
    const graph = element.querySelector('.react-flow');
    const view = graph?.querySelector('.react-flow__viewport');
    if (!graph || !view) return ['no graph'];
    const zoom = new DOMMatrix(getComputedStyle(view).transform).a;
    const box = graph.getBoundingClientRect();
    const found: string[] = [];
    const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const { parentElement: parent } = text;
      const range = document.createRange();
      range.selectNodeContents(text);
      const { left, top, right, bottom, width } = range.getBoundingClientRect();
      if (!parent || width < 2 || text.textContent?.trim() === '') continue;
      if (right < box.left || left > box.right || bottom < box.top || top > box.bottom) continue;
      const { fontSize, clipPath } = getComputedStyle(parent);
      const px = Number.parseFloat(fontSize) * zoom;
      if (clipPath === 'none' && px < min - 0.05)
        found.push(`${text.textContent ?? ''}: ${px.toFixed(1)} px`);
    }
    return [...new Set(found)];
  }, minPx);
}

test('a bind swaps the fops of the file, in its badge, its f_op field and its edge', async ({
  page,
}) => {
  await open(page, bindScene('parked-shim'));
  await stepUntil(page, node(page, /struct file fd1; fops parked/));
  await expect(node(page, /struct file fd1/).getByText('parked')).toHaveCount(2);
  await expect(node(page, /^parked fops, bind only/)).toBeVisible();
  await stepUntil(page, node(page, /struct file fd1; fops normal/));
  const file = node(page, /struct file fd1/);
  await expect(file.locator('[data-row="f_op"] dd')).toHaveText('was parkednormal');
  await expect(stage(page).locator('[data-edge="fops:fd1"]')).toHaveAttribute(
    'data-fops',
    'normal',
  );
  await expect(stage(page).locator('[data-newly-reachable][data-node]')).toHaveCount(2);
  await expect(stage(page).locator('[data-newly-reachable][data-edge="fops:fd1"]')).toHaveCount(1);
  await stepOn(page);
  await expect(stage(page).locator('[data-newly-reachable]')).toHaveCount(0);
  await expect(file.locator('[data-row="f_op"] dd')).toHaveText('normal');
});

test('a design with an access flag grants access with a store-release', async ({ page }) => {
  await open(page, bindScene('upstream'));
  await stepUntil(page, node(page, /struct file fd1; access not granted/));
  await stepUntil(page, node(page, /struct file fd1; access granted/));
  await expect(node(page, /struct vfio_device_file/)).toContainText('release');
  const name = node(page, /struct vfio_device_file/).locator('[data-row="access_granted"] dt');
  expect(await name.evaluate((each) => each.scrollWidth - each.clientWidth)).toBeLessThanOrEqual(0);
});

test('a contended lock names its owner and waiter, and the waiter names the owner', async ({
  page,
}) => {
  await open(page, raceScene('upstream'));
  const lock = node(page, /lock held by (qemu|dpdk), (qemu|dpdk) waiting/);
  await stepUntil(page, lock);
  const [, owner, waiter] =
    /held by (\w+), (\w+) waiting/.exec((await lock.first().getAttribute('aria-label')) ?? '') ??
    [];
  await expect(
    node(page, new RegExp(`^process ${waiter};.* waits for .*, held by ${owner}`)),
  ).toBeVisible();
  await expect(lock.locator('[data-row][data-state="contended"]')).toHaveText(
    new RegExp(`${owner}.*${waiter}`),
  );
  await expect(stage(page).locator('[data-style="wait"]')).toHaveCount(1);
  // The padlock has the colour of its holder; a selection leaves a process and its edges in their colour.
  const colour = (part: Locator, property: string): Promise<string> =>
    part.evaluate((each, name) => getComputedStyle(each).getPropertyValue(name), property);
  const title = (process: string): Locator =>
    node(page, new RegExp(`^process ${process};`)).locator('header b');
  expect(await colour(lock.locator('[data-state="contended"] [data-part="lock"]'), 'color')).toBe(
    await colour(title(owner ?? ''), 'color'),
  );
  await title(waiter ?? '').click();
  await idle(page);
  const selected = node(page, new RegExp(`^process ${waiter};`));
  expect(await colour(selected, 'outline-color')).toBe(await colour(selected, 'color'));
  expect(await colour(stage(page).locator('[data-style="wait"] path').last(), 'stroke')).toBe(
    await colour(title(waiter ?? ''), 'color'),
  );
  await expect(stage(page).locator('[data-style="hold"]')).toHaveCount(1);
});

test('unregister waits for the open file, and the refcount lists its holders', async ({ page }) => {
  await open(page, unplugScene('upstream'));
  await stepUntil(page, node(page, /^kernel side driver; .*waits for vfio0.comp, blocked by fd1/));
  for (let made = 0; made < 6; made += 1)
    await page.getByRole('button', { name: 'Zoom in' }).click();
  await node(page, /^struct vfio_device vfio0/).focus();
  await node(page, /^struct vfio_device vfio0/)
    .getByRole('button', { name: /^refcount \d+: who holds it/ })
    .press('Enter');
  const holders = page.getByRole('region', { name: 'Holders of refcount' });
  await expect(holders).toContainText('fd1');
  await holders.click();
  await expect(node(page, /^struct vfio_device vfio0/)).not.toHaveAttribute('aria-current');
});

test('a refusal appears at the object that refuses, with errno and reason', async ({ page }) => {
  await open(page, raceScene('upstream'));
  await page.keyboard.press('End');
  await expect(
    stage(page).getByRole('article', { name: /refused -E[A-Z]+, (qemu|dpdk): / }),
  ).toHaveCount(1);
});

test('effects end within 400 ms, animate no edge in place, and are removed', async ({ page }) => {
  await open(page, bindScene('parked-shim'));
  let seen = 0;
  for (let made = 0; made < 30; made += 1) {
    await stepOn(page);
    const running = await page.evaluate(() =>
      document
        .getAnimations()
        .filter((each) => !(each instanceof CSSTransition))
        .map((each) => {
          const { target } = each.effect as KeyframeEffect;
          return {
            end: Number(each.effect?.getComputedTiming().endTime),
            svg:
              target instanceof SVGElement &&
              target.closest('[data-edge]') !== null &&
              (each.effect as KeyframeEffect).getKeyframes().length > 0,
          };
        }),
    );
    seen += running.length;
    for (const { end, svg } of running) {
      expect(end).toBeLessThanOrEqual(400);
      expect(svg).toBe(false);
    }
  }
  expect(seen).toBeGreaterThan(10);
  await idle(page);
  expect(await stage(page).locator('[data-hidden-by-effect]').count()).toBe(0);
  expect(
    await page.evaluate(
      () => document.querySelectorAll('.react-flow__viewport-portal [class*="layer"] > *').length,
    ),
  ).toBe(0);
});

test('a lock is handed over as an act: the padlock opens, the waiter enters, the padlock shuts', async ({
  page,
}) => {
  await open(page, raceScene('upstream'));
  await stepUntil(page, node(page, /lock held by (qemu|dpdk), (qemu|dpdk) waiting/));
  // The clock of the effects is held, so that they stay until the next step.
  await page.evaluate(() => {
    const hold = (): void => {
      for (const each of document.getAnimations())
        if (!(each instanceof CSSTransition)) each.pause();
      requestAnimationFrame(hold);
    };
    hold();
  });
  const pieces = stage(page).locator('[data-effect="handover"]');
  for (let made = 0; made < 60 && (await pieces.count()) === 0; made += 1) {
    await stepOn(page);
    // Effects start after the step is painted.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60))),
    );
  }
  await expect(pieces).toHaveCount(3);
  const at = (ms: number): Promise<readonly (readonly [string, number, number])[]> =>
    pieces.evaluateAll((elements, time) => {
      return elements.map((element) => {
        for (const each of element.getAnimations()) each.currentTime = time;
        const { x, y } = element.getBoundingClientRect();
        return [element.getAttribute('data-piece') ?? '', x, y] as const;
      });
    }, ms);
  const positions = async (ms: number) =>
    new Map((await at(ms)).map(([piece, x, y]) => [piece, { x, y }]));
  const [start, opened, shut] = [await positions(0), await positions(140), await positions(290)];
  const y = (map: typeof start, piece: string): number => map.get(piece)?.y ?? NaN;
  expect(y(opened, 'shackle')).toBeLessThan(y(start, 'shackle') - 3);
  expect(y(shut, 'shackle')).toBeCloseTo(y(start, 'shackle'), 0);
  expect(opened.get('mark')?.x).toBeLessThan((start.get('mark')?.x ?? 0) - 3);
});

test.describe('with reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('nothing is animated, and the stage shows the same state', async ({ page }) => {
    await open(page, bindScene('parked-shim'));
    for (let made = 0; made < 24; made += 1) {
      await stepOn(page);
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    }
    await expect(node(page, /struct file fd1; fops normal/)).toBeVisible();
  });
});

test('a step re-renders only the nodes it changes and remounts none', async ({ page }) => {
  await open(page, bindScene('upstream'));
  for (let made = 0; made < 12; made += 1) await stepOn(page);
  await idle(page);
  const wrong = await page.evaluate(async () => {
    const problems: string[] = [];
    for (let made = 0; made < 8; made += 1) {
      const before = new Map(
        [...document.querySelectorAll<HTMLElement>('[data-node]')].map((each) => [
          each,
          each.textContent,
        ]),
      );
      const drawn = new Set<Element>();
      const watch = new MutationObserver((records) => {
        for (const { target } of records) {
          const owner = (target instanceof Element ? target : target.parentElement)?.closest(
            '[data-node]',
          );
          if (owner) drawn.add(owner);
        }
      });
      for (const each of before.keys())
        watch.observe(each, { subtree: true, childList: true, characterData: true });
      document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }),
      );
      await new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(resolve));
      });
      watch.disconnect();
      for (const [each, text] of before) {
        if (
          !each.isConnected &&
          document.querySelector(`[data-node="${CSS.escape(each.dataset['node'] ?? '')}"]`)
        )
          problems.push(`${each.dataset['node']} was mounted again`);
        if (drawn.has(each) && each.textContent === text)
          problems.push(`${each.dataset['node']} was drawn for nothing`);
      }
    }
    return problems;
  });
  expect(wrong).toEqual([]);
});

test('a source line highlights its objects, and an object its edges', async ({ page }) => {
  await open(page, bindScene('upstream'));
  for (let made = 0; made < 8; made += 1) await stepOn(page);
  await idle(page);
  const group = node(page, /^struct vfio_group/);
  await group.hover();
  await expect(group).toHaveAttribute('data-highlighted', 'true');
  await expect(stage(page).locator('[data-edge][data-highlighted]').first()).toBeAttached();
  await page
    .getByText('group->group_lock')
    .or(page.getByText(/group_lock\)/))
    .first()
    .hover();
  await expect(group).toHaveAttribute('data-highlighted', 'true');
  await expect(group.locator('[data-row="group_lock"]')).toHaveAttribute(
    'data-highlighted',
    'true',
  );
});

test('arrow keys move between nodes, Enter selects, Tab leaves the stage', async ({ page }) => {
  await open(page, bindScene('upstream'));
  await node(page, /^process qemu/).focus();
  await page.keyboard.press('ArrowDown');
  await expect(stage(page).locator('article:focus')).not.toHaveAccessibleName(/^process/);
  await page.keyboard.press('Home');
  await expect(node(page, /^process qemu/)).toBeFocused();
  await page.keyboard.press('End');
  await expect(node(page, /^struct iommu_group/)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(node(page, /^struct iommu_group/)).toHaveAttribute('aria-current', 'true');
  await page.keyboard.press('Tab');
  await expect(stage(page).locator('article:focus')).toHaveCount(0);
});

test('the camera moves only when a row opens, or to show what is out of view', async ({ page }) => {
  await open(page, bindScene('upstream'));
  await stepUntil(page, node(page, /^struct iommufd_ctx/));
  await idle(page);
  const view = page.locator('.react-flow__viewport');
  const first = await view.getAttribute('style');
  for (let made = 0; made < 6; made += 1) await stepOn(page);
  await idle(page);
  expect(await view.getAttribute('style')).toBe(first);
  for (let made = 0; made < 6; made += 1)
    await page.getByRole('button', { name: 'Zoom in' }).click();
  await find(page, 'iommu group 12');
  await page.keyboard.press('Enter');
  await expect(node(page, /^struct iommu_group iommu group 12/)).toBeInViewport();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await expect(node(page, /^process qemu/)).toBeInViewport({ ratio: 0.99 });
  await expect(node(page, /^struct iommu_group/)).toBeInViewport({ ratio: 0.99 });
});

test('the file of a step that only reads comes into view with its process', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=hot-reset&step=7');
  for (let step = 8; step < 11; step += 1) {
    await idle(page);
    await page.keyboard.press('ArrowRight');
    await idle(page);
    const view = await stage(page).locator('.react-flow').boundingBox();
    const left = view?.x ?? Infinity;
    const right = left + (view?.width ?? 0);
    // The view may still be moving.
    for (const name of [/^process dpdk/, /struct file fd2/])
      await expect
        .poll(async () => {
          const box = await node(page, name).boundingBox();
          return box !== null && box.x >= left && box.x + box.width <= right;
        })
        .toBe(true);
  }
});

test('a stage that becomes a little lower does not cover what its step touches', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=shared-group&step=160');
  await idle(page);
  // As below a caption that has one line more.
  await page.setViewportSize({ width: 1440, height: 858 });
  await idle(page);
  const view = await stage(page).locator('.react-flow').boundingBox();
  const bottom = (view?.y ?? 0) + (view?.height ?? 0);
  const touched = stage(page).locator('[data-node="iommu_group:iommu group 13"]');
  await expect
    .poll(async () => {
      const box = await touched.boundingBox();
      return box !== null && box.y + box.height <= bottom;
    })
    .toBe(true);
});

test('a crowded stage opens with folded groups, which summarize their contents', async ({
  page,
}) => {
  await open(page, crowdScene('upstream'));
  await expect(node(page, /^folded group/)).toHaveCount(3);
  await page.keyboard.press('End');
  await expect(node(page, /^folded group 13/)).toHaveAccessibleName(
    /vfio6 open as fd6, access granted; vfio7 open as fd7, access granted/,
  );
  await expect(page.getByRole('region', { name: 'Timeline' }).locator('[data-now]')).toHaveText(
    'vm3/2',
  );
  await expect(page.getByRole('region', { name: 'Timeline' }).locator('[data-now]')).toBeInViewport(
    { ratio: 0.95 },
  );
  const last = node(page, /^folded group 13, 2 devices, all bound/);
  await expect(last).toContainText('devset vfio7lockfree');
  await expect(last).toHaveAttribute('data-touched', 'true');
  await expect(node(page, /^folded group 12/)).not.toHaveAttribute('data-touched');
  await expect(node(page, /^struct vfio_device_set/)).toHaveCount(2);
  await last.focus();
  await page.keyboard.press('Enter');
  await expect(node(page, /^struct vfio_device vfio7/)).toBeVisible();
  await expect(node(page, /^struct vfio_group group 13/)).toBeFocused();
  await node(page, /^struct vfio_group group 13/)
    .getByRole('button', { name: 'Fold group 13' })
    .press('Enter');
  await expect(last).toBeFocused();
  await page.getByRole('button', { name: 'Open every group' }).click();
  await expect(node(page, /^folded group/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Fold every group' }).click();
  await expect(node(page, /^folded group/)).toHaveCount(4);
});

test('Find opens folded groups by keyboard, and explains missing objects', async ({ page }) => {
  await open(page, crowdScene('upstream'));
  await find(page, 'fd7');
  await expect(
    page.getByRole('status').filter({ hasText: 'does not exist at this step' }),
  ).toContainText('fd7');
  await page.keyboard.press('Escape');
  await page.keyboard.press('End');
  await find(page, 'in group 13 vfio_device');
  const found = page.getByRole('listbox', { name: 'Matches' }).getByRole('option');
  await expect(found.first()).toContainText('struct vfio_device');
  await page.keyboard.press('ArrowDown');
  const second = (await found.nth(1).locator('b').textContent()) ?? '';
  await page.keyboard.press('Enter');
  await expect(node(page, /^folded group/)).toHaveCount(2);
  const picked = node(page, new RegExp(`^struct \\w+ ${second}(;|$)`));
  await expect(picked).toBeFocused();
  await expect(picked).toBeInViewport({ ratio: 0.99 });
  await expect(picked).toHaveAttribute('aria-current', 'true');
  await find(page, 'nonesuch');
  await expect(
    page.getByRole('status').filter({ hasText: 'No match for “nonesuch”' }),
  ).toContainText('by type');
});

test('on a crowded stage the camera follows the steps until the user moves it', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, crowdScene('upstream'));
  await page.getByRole('button', { name: 'Open every group' }).click();
  await page.keyboard.press('End');
  const lock = node(page, /^struct vfio_device_set devset vfio7/);
  await expect(lock).toBeInViewport({ ratio: 0.99 });
  await idle(page);
  expect(
    await lock
      .locator('dd')
      .first()
      .evaluate(
        (each) =>
          (each.getBoundingClientRect().height / (each as HTMLElement).offsetHeight) *
          Number.parseFloat(getComputedStyle(each).fontSize),
      ),
  ).toBeGreaterThanOrEqual(11);
  const follow = page.getByRole('button', { name: 'Follow' });
  await expect(follow).toHaveCount(0);
  await lock.hover();
  await page.mouse.wheel(40, 300);
  await expect(follow).toBeVisible();
  const view = page.locator('.react-flow__viewport');
  const kept = await view.getAttribute('style');
  const touched = stage(page).locator('article[data-touched]:not([data-node^="process:"])');
  for (let made = 0; made < 12; made += 1) await page.keyboard.press('ArrowLeft');
  await stepUntil(page, touched);
  await idle(page);
  expect(await view.getAttribute('style')).toBe(kept);
  await follow.click();
  await expect(follow).toHaveCount(0);
  await expect(touched.first()).toBeInViewport({ ratio: 0.99 });
  await page.getByRole('button', { name: 'Show everything' }).click();
  const whole = await view.getAttribute('style');
  await page.keyboard.press('ArrowLeft');
  await idle(page);
  expect(await view.getAttribute('style')).toBe(whole);
});

for (const [width, height] of [
  [1440, 900],
  [1024, 768],
] as const) {
  test(`the graph fits above the toolbar at ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    for (const scene of [raceScene('upstream'), crowdScene('upstream')]) {
      await open(page, scene);
      await page.keyboard.press('End');
      if (scene.title !== raceScene('upstream').title)
        await page.getByRole('button', { name: 'Open every group' }).click();
      await page.getByRole('button', { name: 'Show everything' }).click();
      await idle(page);
      expect(
        await page.evaluate(() => {
          const graph = document.querySelector('.react-flow')?.getBoundingClientRect();
          const tools = document
            .querySelector('[aria-label="Stage tools"]')
            ?.getBoundingClientRect();
          const nodes = [...document.querySelectorAll('article[data-node]')];
          const out = nodes.filter((each) => {
            const { left, top, right, bottom } = each.getBoundingClientRect();
            return (
              !graph ||
              left < graph.left ||
              top < graph.top ||
              right > graph.right ||
              bottom > graph.bottom
            );
          });
          return {
            some: nodes.length > 12,
            out: out.map((each) => each.getAttribute('data-node')),
            apart: graph !== undefined && tools !== undefined && tools.top >= graph.bottom,
          };
        }),
      ).toEqual({ some: true, out: [], apart: true });
    }
  });
}

for (const { size, ids, minPx } of [
  {
    // Fitting the whole of bind-error-path ends at 11.9 px or a little more, by how wide its badges are.
    minPx: 11.5,
    size: { width: 1024, height: 768 },
    ids: ['shared-group', 'set-iommu-forgotten', 'bind-error-path'],
  },
  { minPx: 12, size: { width: 1440, height: 900 }, ids: ['bind-race', 'shared-group'] },
]) {
  test(`a crowded scenario is readable at ${size.width}, with no truncated field name`, async ({
    page,
  }) => {
    await page.setViewportSize(size);
    for (const id of ids) {
      await page.goto(`./?scenario=${id}`);
      await idle(page);
      await page.keyboard.press('End');
      await idle(page);
      const rows = () =>
        stage(page).evaluate((element) => {
          const zoom = new DOMMatrix(
            getComputedStyle(element.querySelector('.react-flow__viewport') ?? element).transform,
          ).a;
          return Array.from(element.querySelectorAll<HTMLElement>('[data-row]')).flatMap((row) => {
            const [name, value, box, list] = [
              row.querySelector('dt'),
              row.querySelector('dd'),
              row.getBoundingClientRect(),
              row.parentElement?.getBoundingClientRect(),
            ];
            if (!name || !value || !list || box.width === 0 || box.left >= list.right) return [];
            const size = (part: Element): number =>
              Number.parseFloat(getComputedStyle(part).fontSize) * zoom;
            return [
              {
                name: name.textContent,
                nameSize: size(name),
                valueSize: size(value),
                cut:
                  name.scrollWidth > name.clientWidth + 1 ||
                  box.bottom > list.bottom + 1 ||
                  value.getBoundingClientRect().bottom > box.bottom + 2 ||
                  value.getBoundingClientRect().right > list.right + 1,
              },
            ];
          });
        });
      expect((await rows()).length, id).toBeGreaterThan(10);
      // A crowded stage zooms in when the steps rest.
      await expect
        .poll(
          async () =>
            (await rows()).filter(
              ({ nameSize, valueSize, cut }) => nameSize < minPx || valueSize < minPx || cut,
            ),
          id,
        )
        .toEqual([]);
    }
  });
}

for (const { path, width, height, minPx } of [
  { path: '?scenario=bind-race', width: 1440, height: 900, minPx: 12 },
  { path: '?scenario=double-bind', width: 1440, height: 900, minPx: 12 },
  { path: '?scenario=bind-race', width: 1920, height: 1080, minPx: 28 },
])
  test(`no text of the stage is smaller than ${minPx} px in ${path} at ${width}`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height });
    await page.goto(`./${path}`);
    await idle(page);
    if (minPx > 12) await page.keyboard.press('p');
    for (let made = 0; made < 36; made += 12) {
      for (let step = 0; step < 12; step += 1) await page.keyboard.press('ArrowRight');
      await idle(page);
      expect(await smallTexts(page, minPx), `step ${made + 12}`).toEqual([]);
    }
  });

test('F shows everything alike, and F again returns to the step', async ({ page }) => {
  await open(page, crowdScene('upstream'));
  for (let made = 0; made < 20; made += 1) await stepOn(page);
  await idle(page);
  const zoom = (): Promise<number> =>
    page
      .locator('.react-flow__viewport')
      .evaluate((each) => new DOMMatrix(getComputedStyle(each).transform).a);
  await expect(stage(page).locator('article[data-dimmed]')).not.toHaveCount(0);
  await expect(node(page, /^process vm0/)).toBeInViewport({ ratio: 0.99 });
  await page.keyboard.press('f');
  await idle(page);
  await expect(stage(page).locator('article[data-dimmed]')).toHaveCount(0);
  const whole = await zoom();
  await page.keyboard.press('f');
  await idle(page);
  // The stage is crowded: it zooms in when the steps rest.
  await expect.poll(zoom).toBeGreaterThan(whole);
  await expect(node(page, /^process vm0/)).toBeInViewport({ ratio: 0.99 });
});

test('the legend explains the symbols', async ({ page }) => {
  await page.goto('./?scenario=cdev-path');
  await page.getByRole('button', { name: 'Legend' }).click();
  const legend = page.getByRole('region', { name: 'Legend' });
  for (const text of [
    'counted reference',
    'contended: owner, then waiters in order',
    'freed, still pointed at',
    'a property is violated',
    // Linux never swaps f_op.
    'access granted: calls reach the driver',
  ])
    await expect(legend.getByText(text).first()).toBeVisible();
  await expect(legend.getByText(/f_op|parked/)).toHaveCount(0);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('the stage is as wide as the screen and readable', async ({ page }) => {
    await open(page, bindScene('upstream'));
    expect(await smallTexts(page)).toEqual([]);
    await stepUntil(page, node(page, /^struct iommufd_device/));
    await expect(node(page, /^struct iommufd_device/)).toBeInViewport();
    const graph = await stage(page).locator('.react-flow').boundingBox();
    const tools = await stage(page).getByRole('toolbar').boundingBox();
    expect((graph?.y ?? 0) + (graph?.height ?? 0)).toBeLessThanOrEqual(tools?.y ?? 0);
  });

  test('the process, its file and what the step touches are whole in view', async ({ page }) => {
    await page.goto('./?scenario=bind-race');
    await idle(page);
    for (let made = 0; made < 24; made += 1) await stepOn(page);
    await idle(page);
    for (const name of [/^process qemu/, /^struct file fd1/, /^struct vfio_device vfio0/])
      await expect(node(page, name)).toBeInViewport({ ratio: 0.99 });
    expect(await smallTexts(page)).toEqual([]);
  });

  test('a tapped node is named on the Details tab, one tap away', async ({ page }) => {
    await open(page, bindScene('upstream'));
    const panels = page.getByRole('navigation', { name: 'Panels' });
    await expect(panels.getByRole('button')).toHaveText([
      'Stage',
      'Calls',
      'Steps',
      'Scenario',
      'Source',
      'Check',
      'Details',
    ]);
    await node(page, /^process qemu/).tap();
    await panels.getByRole('button', { name: 'Details qemu', exact: true }).tap();
    await expect(
      page.getByRole('region', { name: 'Details' }).getByRole('heading', { name: 'qemu' }),
    ).toBeInViewport();
    await expect(page.getByRole('region', { name: 'Source' })).toBeHidden();
    await panels.getByRole('button', { name: 'Source' }).tap();
    await expect(page.getByRole('region', { name: 'Source' })).toBeInViewport();
    // A tab of the bar is not repeated in the panel.
    await expect(page.getByRole('radio', { name: 'Edit' })).toBeVisible();
    await expect(page.getByRole('radio', { name: 'Scenario' })).toBeHidden();
    await panels.getByRole('button', { name: 'Scenario' }).tap();
    await expect(page.getByRole('region', { name: 'Scenario' })).toBeInViewport();
    await expect(panels.locator('[aria-pressed="true"]')).toHaveText('Scenario');
    await expect(page.getByRole('region', { name: 'Details' })).toBeHidden();
    await panels.getByRole('button', { name: 'Check' }).tap();
    await expect(page.getByRole('button', { name: 'Check all interleavings' })).toBeInViewport();
  });

  test('the first screen asks in at most 40 % of the screen, and reaches every mode', async ({
    page,
  }) => {
    await page.goto('./');
    await idle(page);
    const card = await page.getByRole('region', { name: 'Welcome' }).boundingBox();
    expect(card?.height).toBeLessThan(844 * 0.4);
    const stageBefore = await stage(page).boundingBox();
    await page.getByRole('button', { name: 'Menu' }).tap();
    for (const name of ['Compare', 'Verdicts', 'Quiz', 'Present', 'Share', 'Find', 'Theme', 'Help'])
      await expect(page.getByRole('region', { name: 'Menu' }).getByText(name)).toBeInViewport();
    await page.getByRole('button', { name: 'Menu' }).tap();
    await page.getByRole('button', { name: 'Race them' }).tap();
    await page.keyboard.press('End');
    await idle(page);
    await expect(page.getByRole('region', { name: 'Welcome' })).toContainText(
      'dpdk is stopped at bind_iommufd: -EINVAL',
    );
    expect(await stage(page).boundingBox()).toEqual(stageBefore);
    await page.getByRole('button', { name: 'Check', exact: true }).tap();
    await expect(page.getByRole('button', { name: 'Check all interleavings' })).toBeInViewport();
  });
});

// One theme: src/ui/tokens.test.ts holds the contrast of every pair of tokens in both.
test('axe finds no violation on the stage', async ({ page }) => {
  await open(page, raceScene('upstream'));
  await stepUntil(page, node(page, /lock held by (qemu|dpdk), (qemu|dpdk) waiting/));
  await idle(page);
  expect(
    (await new AxeBuilder({ page }).include('[aria-label="Stage"]').analyze()).violations,
  ).toEqual([]);
  await page.keyboard.press('End');
  await page.keyboard.press('f');
  await page.getByRole('button', { name: 'Legend' }).click();
  await idle(page);
  expect(
    (
      await new AxeBuilder({ page })
        .include('[aria-label="Stage"]')
        .include('[aria-label="Legend"]')
        .analyze()
    ).violations,
  ).toEqual([]);
});

test('the fields of a selected node are whole in view', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=bind-race');
  await idle(page);
  await page.keyboard.press('End');
  await idle(page);
  const ids = await stage(page)
    .locator('article')
    .evaluateAll((articles) => articles.map((each) => each.dataset['node'] ?? ''));
  for (const id of ids.filter((each) => /group|device|devset/.test(each))) {
    const selected = stage(page).locator(`article[data-node="${id}"]`);
    await selected.locator('header').click();
    if ((await selected.locator('[data-open]').count()) > 0)
      await expect(selected.locator('[data-open]'), id).toBeInViewport({ ratio: 0.999 });
    await page.keyboard.press('Escape');
    await idle(page);
  }
});
