import { expect, test } from './fixtures.ts';

/** What a header tip lies on: [tip, what], for every tip that is in sight. Pseudo-elements have no box of their own to ask for. */
function covered(): readonly string[] {
  const inSight = (box: DOMRect): boolean => box.width > 0 && box.height > 0;
  const found: string[] = [];
  const others = [
    ...document.querySelectorAll('button, label, h2, p, a, select, summary, code'),
  ].filter((each) => each.checkVisibility({ visibilityProperty: true }));
  for (const button of document.querySelectorAll<HTMLElement>('header [data-tip]')) {
    if (!inSight(button.getBoundingClientRect())) continue;
    const tip = getComputedStyle(button, '::after');
    const home =
      getComputedStyle(button).position === 'static' ? (button.offsetParent ?? button) : button;
    const from = home.getBoundingClientRect();
    const size = (side: string): number => Number.parseFloat(tip.getPropertyValue(side));
    const shift =
      tip.translate === 'none' ? 0 : (Number.parseFloat(tip.translate) / 100) * size('width');
    const left = from.left + home.clientLeft + size('left') + shift;
    const top = from.top + home.clientTop + size('top');
    const [right, bottom] = [left + size('width'), top + size('height')];
    if (left < 0 || right > innerWidth || top < 0)
      found.push(`${button.dataset['tip']} leaves the page: ${left} to ${right}`);
    for (const other of others) {
      const box = other.getBoundingClientRect();
      // A tip may hang from the border of its own row.
      if (
        inSight(box) &&
        box.left < right &&
        left < box.right &&
        box.top + 3 < bottom &&
        top + 4 < box.bottom
      )
        found.push(
          `${button.dataset['tip']} lies on ${other.tagName} ${other.textContent.slice(0, 30)}`,
        );
    }
  }
  return found;
}

for (const [width, height] of [
  [1440, 900],
  [1279, 800],
  [1024, 768],
  [960, 700],
  [800, 700],
  [720, 450],
  [390, 844],
] as const) {
  test(`a header tip covers nothing that one needs at ${width} px`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height });
    await page.goto('./?scenario=bind-race');
    await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
    expect(await page.evaluate(covered)).toEqual([]);
  });
}

for (const [width, most] of [
  [1440, 2],
  [1180, 2],
  [1024, 2],
  [960, 2],
  [390, 1],
] as const) {
  test(`the buttons at the end of a story stand in at most ${most} row${most === 1 ? '' : 's'} at ${width} px, none cut`, async ({
    page,
  }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 844 });
    await page.goto('./?scenario=bind-race');
    await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
    const story = page.getByRole('region', { name: 'Story' });
    await page.keyboard.press('End');
    await expect(story.getByRole('button')).toHaveCount(4);
    // With the panels beside it as wide as they get.
    for (const label of width < 960
      ? []
      : ['Width of the processes panel', 'Width of the source panel']) {
      await page.getByRole('separator', { name: label }).focus();
      await page.keyboard.press('End');
    }
    const boxes = await story
      .getByRole('button')
      .evaluateAll((all) =>
        all
          .map((each) => each.getBoundingClientRect())
          .map(({ top, left, right }) => ({ top: Math.round(top), left, right })),
      );
    const room = await story.boundingBox();
    expect(new Set(boxes.map(({ top }) => top)).size).toBeLessThanOrEqual(most);
    for (const { left, right } of boxes) {
      expect(left).toBeGreaterThanOrEqual(room?.x ?? 0);
      expect(right).toBeLessThanOrEqual((room?.x ?? 0) + (room?.width ?? 0));
    }
  });
}
