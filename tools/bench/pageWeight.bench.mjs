import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { launchOptions } from '../test/browser.mjs';
import { root } from '../test/cache.mjs';
import { serve } from '../../e2e/servers.ts';

const QUIET_MS = 1500;

const PAGES = [
  { name: 'app', path: '' },
  { name: 'embed of a scenario', path: 'embed.html?scenario=bind-race' },
  { name: 'embed of an older design', path: 'embed.html?scenario=split-race&view=both' },
  { name: 'embed that compares', path: 'embed.html?scenario=bind-race&view=compare' },
];

/** Gzip size of what a cold load fetches until the page has painted its graph and come to rest; then of what it fetches ahead, but for the offline copy. */
export const bench = {
  title: 'Page weight, first load, gzip',
  async run() {
    const browser = await chromium.launch(launchOptions());
    const server = await serve({ dist: '/' });
    try {
      const rows = [];
      for (const { name, path } of PAGES)
        rows.push(
          ...(await pageRows(browser, server.origin, path)).map((row) => ({
            ...row,
            name: `${name}: ${row.name}`,
          })),
        );
      rows.push({
        name: 'loader of the element',
        value: gzipSync(readFileSync(join(root, 'dist/vfio-playground.js'))).length / 1000,
        unit: 'kB',
      });
      return rows;
    } finally {
      await server.close();
      await browser.close();
    }
  },
};

/** @param {import('playwright-core').Browser} browser @param {string} origin @param {string} path */
async function pageRows(browser, origin, path) {
  const page = await browser.newPage({ serviceWorkers: 'block' });
  /** @type {Promise<{ name: string, bytes: number }>[]} */
  const fetched = [];
  page.on('requestfinished', (request) => {
    if (new URL(request.url()).origin === origin) fetched.push(weigh(request));
  });
  // What is asked for in the moment of rest itself is fetched ahead.
  await page.addInitScript(() => {
    new MutationObserver((_changes, observer) => {
      const html = document.documentElement;
      if (html.dataset['idle'] !== 'true') return;
      observer.disconnect();
      html.dataset['restedWith'] = JSON.stringify(
        performance.getEntriesByType('resource').map((entry) => entry.name),
      );
    }).observe(document, { attributeFilter: ['data-idle'], subtree: true });
  });
  await page.goto(`${origin}/${path}`);
  await page.locator('html[data-rested-with]').waitFor({ state: 'attached' });
  await page.locator('.react-flow__node, table').first().waitFor();
  await page.waitForTimeout(QUIET_MS);
  /** @type {string[]} */
  const first = JSON.parse((await page.locator('html').getAttribute('data-rested-with')) ?? '[]');
  await page.close();
  const files = (await Promise.all(fetched)).map(({ name, bytes }) => ({
    name: name.slice(origin.length + 1),
    bytes,
    ahead: !first.includes(name),
  }));
  /** @param {string} name @param {(file: { name: string, ahead: boolean }) => boolean} fits */
  const row = (name, fits) => {
    const those = files.filter((file) => fits(file));
    return {
      name: `${name} (${those.length} files)`,
      value: those.reduce((sum, { bytes }) => sum + bytes, 0) / 1000,
      unit: 'kB',
    };
  };
  /** @param {string} name @param {string} extension */
  const is = (name, extension) => name.endsWith(`.${extension}`);
  return [
    row('js until the first graph', ({ name, ahead }) => is(name, 'js') && !ahead),
    ...files
      .filter(({ name, ahead }) => is(name, 'js') && !ahead)
      .map(({ name, bytes }) => ({
        name: `  ${name.replace(/^assets\/|-[\w-]{8}(?=\.js)/g, '')}`,
        value: bytes / 1000,
        unit: 'kB',
      })),
    row('css until the first graph', ({ name, ahead }) => is(name, 'css') && !ahead),
    row('js fetched ahead at rest', ({ name, ahead }) => is(name, 'js') && ahead),
  ];
}

/** @param {import('playwright-core').Request} request */
async function weigh(request) {
  const response = await request.response();
  return { name: request.url(), bytes: response ? gzipSync(await response.body()).length : 0 };
}
