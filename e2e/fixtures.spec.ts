import { test } from './fixtures.ts';

test.describe('a page with a problem fails its test', () => {
  test.fail();

  test('console error', async ({ page }) => {
    await page.goto('./');
    await page.evaluate(() => console.error('on purpose'));
  });

  test('uncaught error', async ({ page }) => {
    await page.goto('./');
    const thrown = page.waitForEvent('pageerror');
    await page.evaluate(() => {
      setTimeout(() => {
        throw new Error('on purpose');
      });
    });
    await thrown;
  });

  test('request to another origin', async ({ page }) => {
    await page.route('http://elsewhere.invalid/', (route) => route.fulfill({ body: '' }));
    await page.goto('./');
    await page.evaluate(() =>
      fetch('http://elsewhere.invalid/', { mode: 'no-cors' }).then(() => undefined),
    );
  });

  test('socket to another origin', async ({ page }) => {
    await page.goto('./');
    const opened = page.waitForEvent('websocket');
    await page.evaluate(() => {
      const socket = new WebSocket('ws://elsewhere.invalid/');
      socket.close();
    });
    await opened;
  });
});

test.describe('a problem that the test allows', () => {
  test.use({ allowedProblems: [/on purpose/] });

  test('does not fail it', async ({ page }) => {
    await page.goto('./');
    await page.evaluate(() => console.error('on purpose'));
  });
});
