import { test as base, type BrowserContext } from '@playwright/test';

interface PageWatch {
  /** Problems that a test causes on purpose; every other one fails it. */
  readonly allowedProblems: readonly RegExp[];
  readonly pageWatch: void;
}

/** Console errors, uncaught errors and requests to other hosts, collected while a context lives. */
export function watchProblems(context: BrowserContext, host: string): readonly string[] {
  const problems: string[] = [];
  const checkAddress = (address: string): void => {
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
  context.on('request', (request) => checkAddress(request.url()));
  context.on('page', (page) => page.on('websocket', (socket) => checkAddress(socket.url())));
  return problems;
}

/** Playwright's `test`; a test fails if its page has a problem. */
export const test = base.extend<PageWatch>({
  allowedProblems: [[], { option: true }],
  pageWatch: [
    async ({ context, baseURL, allowedProblems }, use) => {
      if (baseURL === undefined) throw new Error('playwright.config.ts sets no baseURL');
      const problems = watchProblems(context, new URL(baseURL).host);
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
