import { test as plainTest, type Page } from '@playwright/test';
import { expect, test, watchProblems } from './fixtures.ts';

const problems: readonly {
  readonly name: string;
  readonly cause: (page: Page) => Promise<void>;
  readonly message: RegExp;
}[] = [
  {
    name: 'a console error',
    cause: (page) => page.evaluate(() => console.error('on purpose')),
    message: /^console error: on purpose \(/,
  },
  {
    name: 'an uncaught error',
    cause: async (page) => {
      const thrown = page.waitForEvent('pageerror');
      await page.evaluate(() => {
        setTimeout(() => {
          throw new Error('on purpose');
        });
      });
      await thrown;
    },
    message: /^uncaught: Error: on purpose/,
  },
  {
    name: 'a request to another host',
    cause: async (page) => {
      await page.route('http://elsewhere.invalid/', (route) => route.fulfill({ body: '' }));
      await page.evaluate(() =>
        fetch('http://elsewhere.invalid/', { mode: 'no-cors' }).then(() => undefined),
      );
    },
    message: /^request leaves [\w.:]+: http:\/\/elsewhere\.invalid\/$/,
  },
  {
    name: 'a socket to another host',
    cause: async (page) => {
      const opened = page.waitForEvent('websocket');
      await page.evaluate(() => {
        const socket = new WebSocket('ws://elsewhere.invalid/');
        socket.close();
      });
      await opened;
    },
    message: /^request leaves [\w.:]+: ws:\/\/elsewhere\.invalid\/$/,
  },
];

for (const { name, cause, message } of problems) {
  plainTest(`the page watch names ${name}`, async ({ context, baseURL }) => {
    const found = watchProblems(context, new URL(baseURL ?? '').host);
    const page = await context.newPage();
    await page.goto('./');
    await cause(page);
    await expect.poll(() => found.find((problem) => message.test(problem))).toBeDefined();
  });
}

test.describe('a problem', () => {
  test.fail();

  test('fails its test', async ({ page }) => {
    await page.goto('./');
    await page.evaluate(() => console.error('on purpose'));
  });
});

test.describe('a problem that the test allows', () => {
  test.use({ allowedProblems: [/on purpose/] });

  test('does not fail it', async ({ page }) => {
    await page.goto('./');
    await page.evaluate(() => console.error('on purpose'));
  });
});
