import { expect, test } from './fixtures.ts';

for (const [width, most] of [
  [1440, 2],
  [1180, 2],
  [1024, 2],
  [960, 2],
  [390, 1],
] as const) {
  test(`the caption buttons at the end of a run fit in ${most} row${most === 1 ? '' : 's'} at ${width} px`, async ({
    page,
  }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 844 });
    await page.goto('./?scenario=bind-race');
    await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
    const caption = page.getByRole('region', { name: 'Caption' });
    await page.keyboard.press('End');
    await expect(caption.getByRole('button')).toHaveCount(4);
    // With the side panels at their maximum width.
    for (const label of width < 960
      ? []
      : ['Width of the processes panel', 'Width of the source panel']) {
      await page.getByRole('separator', { name: label }).focus();
      await page.keyboard.press('End');
    }
    const boxes = await caption
      .getByRole('button')
      .evaluateAll((all) =>
        all
          .map((each) => each.getBoundingClientRect())
          .map(({ top, left, right }) => ({ top: Math.round(top), left, right })),
      );
    const room = await caption.boundingBox();
    expect(new Set(boxes.map(({ top }) => top)).size).toBeLessThanOrEqual(most);
    for (const { left, right } of boxes) {
      expect(left).toBeGreaterThanOrEqual(room?.x ?? 0);
      expect(right).toBeLessThanOrEqual((room?.x ?? 0) + (room?.width ?? 0));
    }
  });
}
