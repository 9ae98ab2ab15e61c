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
      const { origin } = new URL(baseURL);
      const problems: string[] = [];
      context.on('console', (message) => {
        if (message.type() === 'error') problems.push(`console error: ${message.text()} (${message.location().url})`);
      });
      context.on('weberror', (error) => problems.push(`uncaught: ${error.error().stack ?? error.error().message}`));
      context.on('request', (request) => {
        const url = new URL(request.url());
        const leaves = /^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(origin).host;
        if (leaves) problems.push(`request leaves ${origin}: ${request.url()}`);
      });
      await use();
      const unexpected = problems.filter((problem) => !allowedProblems.some((allowed) => allowed.test(problem)));
      if (unexpected.length > 0) throw new Error(`The page had problems:\n${unexpected.join('\n')}`);
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';
