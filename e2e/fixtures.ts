import { test as base } from '@playwright/test';

interface PageWatch {
  /** Problems that a test provokes on purpose; every other one fails it. */
  readonly allowedProblems: readonly RegExp[];
  readonly pageWatch: void;
}

/** Playwright's `test`, failing on console errors, uncaught errors and requests that leave the page's origin. */
export const test = base.extend<PageWatch>({
  allowedProblems: [[], { option: true }],
  pageWatch: [
    async ({ context, baseURL, allowedProblems }, use) => {
      if (baseURL === undefined) throw new Error('playwright.config.ts sets no baseURL');
      const { host } = new URL(baseURL);
      const problems: string[] = [];
      const noteAddress = (address: string): void => {
        const url = new URL(address);
        if (/^(https?|wss?):$/.test(url.protocol) && url.host !== host)
          problems.push(`request leaves ${host}: ${address}`);
      };
      context.on('console', (message) => {
        if (message.type() === 'error')
          problems.push(`console error: ${message.text()} (${message.location().url})`);
      });
      context.on('weberror', (error) =>
        problems.push(`uncaught: ${error.error().stack ?? error.error().message}`),
      );
      context.on('request', (request) => noteAddress(request.url()));
      context.on('page', (page) => page.on('websocket', (socket) => noteAddress(socket.url())));
      await use();
      const unexpected = problems.filter(
        (problem) => !allowedProblems.some((allowed) => allowed.test(problem)),
      );
      if (unexpected.length > 0)
        throw new Error(`The page had problems:\n${unexpected.join('\n')}`);
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';
