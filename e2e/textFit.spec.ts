import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { idle, openScene, stepOn, type SceneFile } from './stageScenes.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Visible text that leaves its node, that a box cuts off without an ellipsis, or a field name that breaks inside a word. */
function misfits(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const isHidden = (element: Element, node: Element): boolean => {
      for (let at: Element | null = element; at && at !== node; at = at.parentElement)
        if (getComputedStyle(at).clipPath !== 'none') return true;
      return false;
    };
    for (const node of document.querySelectorAll<HTMLElement>('[data-node]')) {
      const box = node.getBoundingClientRect();
      const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
      for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const parent = text.parentElement;
        // Badges stand beside their node.
        if (!parent || parent.closest('li[data-badge]') || isHidden(parent, node)) continue;
        let clip: Element | undefined;
        let ends = false;
        for (let at: Element | null = parent; at && node.contains(at); at = at.parentElement) {
          const { overflowX, textOverflow } = getComputedStyle(at);
          if (overflowX === 'visible') continue;
          clip ??= at;
          ends ||= textOverflow === 'ellipsis';
        }
        const range = document.createRange();
        range.selectNodeContents(text);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        if (parent.tagName === 'DT' && lines.size > 1)
          found.push(`${node.dataset['node'] ?? ''}, broken: ${text.textContent ?? ''}`);
        for (const rect of range.getClientRects()) {
          const edge = (clip ?? node).getBoundingClientRect();
          // A row that does not fit wraps into a column that is out of view as a whole.
          if (rect.width === 0 || rect.left >= edge.right - 2 || ends) continue;
          if (rect.right > edge.right + 0.6 || rect.left < edge.left - 0.6)
            found.push(`${node.dataset['node'] ?? ''}: ${text.textContent ?? ''}`);
          else if (!clip && rect.bottom > box.bottom + 1.5)
            found.push(`${node.dataset['node'] ?? ''}, below: ${text.textContent ?? ''}`);
        }
      }
    }
    return [...new Set(found)];
  });
}

const longNames: SceneFile = {
  format: 'vfio-playground/scenario@1',
  title: 'Stage: long names',
  design: 'upstream',
  world: {
    devices: [{ name: 'vfio-with-a-name', group: '12' }],
    processes: ['cloud-hypervisor-1', 'data-plane-worker'],
  },
  calls: ['cloud-hypervisor-1', 'data-plane-worker'].flatMap((by, i) => [
    { by, call: 'open_cdev', device: 'vfio-with-a-name', as: `device_file_${i}` },
    { by, call: 'open_iommufd', as: `iommufd_file_${i}` },
    { by, call: 'bind_iommufd', fd: `device_file_${i}`, iommufd: `iommufd_file_${i}` },
  ]),
  schedule: { random: 5 },
};

for (const { name, width, height, path } of [
  { name: 'the page', width: 1440, height: 900, path: '' },
  { name: 'a small page', width: 1024, height: 768, path: '' },
  { name: 'a phone', width: 390, height: 844, path: '' },
  // An embed has the fonts of the system, which may be wider.
  { name: 'an embed', width: 800, height: 520, path: 'embed.html' },
])
  test(`text stays in its box on ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    for (const design of ['upstream', 'parked-shim']) {
      await page.goto(`./${path}?scenario=bind-race&design=${design}`);
      await page.locator('[data-node]').first().waitFor();
      await idle(page);
      for (let step = 0; step < 57; step += 1) {
        await stepOn(page);
        if (step % 2 === 0) continue;
        expect(await misfits(page), `${design}, step ${step + 1}`).toEqual([]);
      }
    }
  });

test('field names break between words only', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const path of [
    '?scenario=bind-race&design=rfc-opened&step=15',
    '?scenario=bind-race&view=compare&step=15',
  ]) {
    await page.goto(`./${path}`);
    await page.locator('[data-detail="compact"] dt').first().waitFor();
    await idle(page);
    expect(await misfits(page), path).toEqual([]);
  }
});

test('long names end in an ellipsis', async ({ page }) => {
  await page.goto('./?scenario=cdev-path');
  await openScene(page, longNames);
  for (let step = 0; step < 40; step += 1) {
    await stepOn(page);
    if (step % 2 === 0) continue;
    expect(await misfits(page), `step ${step + 1}`).toEqual([]);
  }
  const title = page.locator('[data-node="process:cloud-hypervisor-1"] header b');
  expect(
    await title.evaluate((each) => [
      getComputedStyle(each).textOverflow,
      each.scrollWidth > each.clientWidth,
    ]),
  ).toEqual(['ellipsis', true]);
});

const eightProcesses = ['qemu', 'dpdk', 'crosvm', 'spdk', 'fw', 'vmm', 'nvme', 'tool'];
const foldedGroups: SceneFile = {
  format: 'vfio-playground/scenario@1',
  title: 'Stage: eight devices',
  design: 'upstream',
  world: {
    devices: eightProcesses.map((_, i) => ({ name: `vfio${i}`, group: String(12 + (i >> 1)) })),
    processes: eightProcesses,
  },
  calls: eightProcesses.flatMap((by, i) => [
    { by, call: 'open_cdev', device: `vfio${i}`, as: `fd${i}` },
    { by, call: 'open_iommufd', as: `iommufd${i}` },
    { by, call: 'bind_iommufd', fd: `fd${i}`, iommufd: `iommufd${i}` },
  ]),
  schedule: ['crosvm*30'],
};

test('text stays in the box of a folded group', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=cdev-path');
  await openScene(page, foldedGroups);
  for (let step = 0; step < 30; step += 1) {
    await stepOn(page);
    expect(await misfits(page), `step ${step + 1}`).toEqual([]);
  }
});

/** Visible text below a size in px on the screen. */
function smallText(page: Page, size: number): Promise<readonly string[]> {
  return page.evaluate((least) => {
    const found = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const parent = text.parentElement;
      if (!parent?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const { width, height } = range.getBoundingClientRect();
      // For screen readers only.
      if (width < 2 || height < 2 || getComputedStyle(parent).clipPath !== 'none') continue;
      if (parent.closest('[class*="isuallyHidden"], [class*="hidden"]')) continue;
      const view = parent.closest('.react-flow__viewport');
      const scale = view ? new DOMMatrix(getComputedStyle(view).transform).a : 1;
      const px = parseFloat(getComputedStyle(parent).fontSize) * scale;
      if (px < least - 0.05) found.add(`${px.toFixed(1)} px: ${text.textContent ?? ''}`);
    }
    return [...found];
  }, size);
}

test('no text of the page is smaller than 12 px', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./');
  await idle(page);
  expect(await smallText(page, 12), 'the first screen').toEqual([]);
  await page.goto('./?scenario=bind-race&design=upstream&step=24');
  await idle(page);
  for (const tab of ['Scenario', 'Edit', 'Check', 'Source', 'Table', 'Timeline']) {
    await page.getByRole('radio', { name: tab, exact: true }).check({ force: true });
    await idle(page);
    expect(await smallText(page, 12), tab).toEqual([]);
  }
  await page.keyboard.press('2');
  await page.getByRole('region', { name: 'Stage of upstream' }).waitFor();
  await idle(page);
  expect(await smallText(page, 12), 'side by side').toEqual([]);
  await page
    .getByRole('banner')
    .getByRole('button', { name: /verdicts/i })
    .click();
  await page.getByRole('table').first().waitFor();
  await idle(page);
  expect(await smallText(page, 12), 'verdicts').toEqual([]);
  await page
    .getByRole('button', { name: /play the counterexample/ })
    .first()
    .hover();
  const image = page.getByRole('tooltip').locator('img');
  await expect(image).toBeVisible();
  const scale = await image.evaluate((img: HTMLImageElement) =>
    Math.min(img.width / img.naturalWidth, img.height / img.naturalHeight),
  );
  // The smallest type of a picture has 10.2 px.
  expect(10.2 * scale, 'the picture of a counterexample').toBeGreaterThanOrEqual(12);
  // Below 1400 px, headings are slanted: no letter stands on its side.
  await page.setViewportSize({ width: 1280, height: 800 });
  const headings = page.getByRole('columnheader').locator('span');
  expect(
    await headings.evaluateAll(
      (spans) =>
        spans.filter((span) => getComputedStyle(span).writingMode !== 'horizontal-tb').length,
    ),
  ).toBe(0);
  await page.goto('./?scenario=bind-race&design=upstream');
  await idle(page);
  for (const [key, name] of [
    ['?', 'help'],
    ['s', 'share'],
    ['v', 'record'],
    ['q', 'quiz'],
  ] as const) {
    await page.keyboard.press(key);
    await idle(page);
    expect(await smallText(page, 12), name).toEqual([]);
    await page.keyboard.press('Escape');
  }
});

test('no text of a presentation is smaller than 28 px on a wall', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto('./?scenario=first-race&design=upstream');
  await idle(page);
  await page.keyboard.press('p');
  for (let shot = 0; shot < 9; shot += 1) {
    await idle(page);
    expect(await smallText(page, 28), `after ${shot} captions`).toEqual([]);
    await page.keyboard.press(shot % 3 === 2 ? 'ArrowRight' : 'PageDown');
  }
});

for (const focus of [true, false])
  test(`no line crosses the label of an edge, and no node hides a part of it, with focus ${focus ? 'on' : 'off'}`, async ({
    page,
  }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto('./?scenario=bind-race&design=upstream&step=24');
    await idle(page);
    if (!focus) await page.keyboard.press('f');
    await page.locator('[data-node="vfio_device:vfio0"] header').click();
    await idle(page);
    const { labels, crossed, hidden } = await page.evaluate(() => {
      const texts = [...document.querySelectorAll('[data-edge-label] text')];
      const nodes = [...document.querySelectorAll('[data-node]')];
      return {
        labels: texts.map((text) => text.textContent),
        // What comes later in the document is painted over it: both are in SVGs at one level.
        crossed: texts.filter((text) =>
          [...document.querySelectorAll('[data-edge]')].some(
            (line) => text.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING,
          ),
        ).length,
        hidden: texts
          .filter((text) => {
            const a = text.getBoundingClientRect();
            return nodes.some((node) => {
              const b = node.getBoundingClientRect();
              return (
                a.left < b.right - 1 &&
                b.left < a.right - 1 &&
                a.top < b.bottom - 4 &&
                b.top < a.bottom - 4
              );
            });
          })
          .map((text) => text.textContent),
      };
    });
    expect(labels).toContain('device');
    expect(crossed).toBe(0);
    expect(hidden).toEqual([]);
  });

test('what a process waits for is shown in full on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('./?scenario=bind-race&design=upstream&step=44');
  await idle(page);
  const line = page.locator('[data-node] [data-status="waiting"] > small');
  await expect(line).toHaveText('for devset vfio0.lock');
  const { width, height, below } = await line.evaluate((small) => {
    const range = document.createRange();
    range.selectNodeContents(small);
    const node = small.closest('[data-node]')?.getBoundingClientRect();
    return {
      width: small.scrollWidth - small.clientWidth,
      height: small.scrollHeight - small.clientHeight,
      below: range.getBoundingClientRect().bottom - (node?.bottom ?? 0),
    };
  });
  expect(width).toBeLessThanOrEqual(0);
  expect(height).toBeLessThanOrEqual(0);
  // The line box of the font is higher than its letters.
  expect(below).toBeLessThanOrEqual(1);
});

test('the calls, the files and the text of a step are shown in full', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const address of [
    './?scenario=container-dropped&design=rfc-opened&step=51',
    './?scenario=bind-race&step=57',
  ]) {
    await page.goto(address);
    await idle(page);
    const cut = await page.evaluate(() =>
      [
        ...document.querySelectorAll(
          '[aria-label="Processes"] :is(button, button *), [aria-label="Timeline"] footer p',
        ),
      ]
        .filter(
          (each) =>
            each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1,
        )
        .filter((each) => getComputedStyle(each).display !== 'inline')
        .map((each) => each.textContent),
    );
    expect(cut, address).toEqual([]);
  }
});

for (const { width, height, phone } of [
  { width: 1440, height: 900, phone: false },
  { width: 390, height: 844, phone: true },
])
  test(`the timeline shows two processes beside the branches at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto('./?scenario=bind-race&design=upstream&step=23');
    await idle(page);
    if (phone) await page.getByRole('button', { name: 'Calls', exact: true }).click();
    const dpdk = page.getByRole('region', { name: 'dpdk', exact: true });
    await dpdk.getByRole('button', { name: /^Step/ }).first().click();
    await idle(page);
    if (phone) await page.getByRole('button', { name: 'Steps', exact: true }).click();
    await expect(page.getByRole('group', { name: 'Branches' })).toBeInViewport();
    for (const task of ['qemu', 'dpdk'])
      await expect(page.getByRole('group', { name: `Calls of ${task}` })).toBeInViewport({
        ratio: 1,
      });
  });
