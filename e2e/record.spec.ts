import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { idle } from './stageScenes.ts';

/** The file that a button saves. */
async function saved(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

test('a run between two points is recorded as GIF, video and SVG', async ({ page }) => {
  await page.goto('./?scenario=bind-race');
  await idle(page);
  await page.getByRole('button', { name: 'Share or export' }).click();
  await page.getByText('GIF or video …').click();
  const dialog = page.getByRole('dialog', { name: 'Record' });
  await dialog.getByRole('slider', { name: 'From step' }).fill('36');
  await dialog.getByRole('slider', { name: 'Until step' }).fill('50');
  await dialog.getByRole('radio', { name: 'Dark' }).check();

  const svg = await saved(page, 'Save SVG');
  expect(svg.name).toBe('two-processes-race-to-bind-one-device-animation.svg');
  expect(svg.bytes.toString()).toContain('After step 36');
  expect(svg.bytes.toString()).toContain('infinite');

  const gif = await saved(page, 'Save GIF');
  expect(gif.bytes.subarray(0, 6).toString()).toBe('GIF89a');
  expect(gif.bytes.readUInt16LE(6)).toBe(800);
  // Loops for ever: the NETSCAPE extension with the count 0.
  const loop = gif.bytes.indexOf('NETSCAPE2.0');
  expect(gif.bytes.readUInt16LE(loop + 13)).toBe(0);

  const video = await saved(page, 'Save video');
  const isMp4 = video.name.endsWith('.mp4');
  const shown = await page.evaluate(
    async ({ data, type }) => {
      const element = document.createElement('video');
      element.src = `data:${type};base64,${data}`;
      await new Promise((resolve, reject) => {
        element.addEventListener('loadeddata', resolve);
        element.addEventListener('error', () => reject(new Error(element.error?.message)));
      });
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d');
      context?.drawImage(element, 0, 0, 8, 8);
      return {
        width: element.videoWidth,
        duration: element.duration,
        corner: [...(context?.getImageData(1, 1, 1, 1).data ?? [])],
      };
    },
    { data: video.bytes.toString('base64'), type: isMp4 ? 'video/mp4' : 'video/webm' },
  );
  expect(shown.width).toBe(1600);
  expect(shown.duration).toBeGreaterThan(4);
  // The paper of the dark theme.
  expect(Math.max(...shown.corner.slice(0, 3))).toBeLessThan(60);
});
