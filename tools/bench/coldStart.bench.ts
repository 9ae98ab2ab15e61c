import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser } from 'playwright-core';
import { launchOptions } from '../test/browser.mjs';
import { root } from '../test/cache.mjs';
import { serve } from '../../e2e/servers.ts';

interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const VISITS = 15;
/** Bytes per second. The server sends gzip, as most do. */
const SLOW_LINE = { latency: 60, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000 };
const PAGES = [
  ['app', ''],
  ['app with ?scenario', '?scenario=bind-race'],
  ['embed', 'embed.html?scenario=bind-race'],
] as const;

/** Cold visits of this build; with `OLD_DIST=/path/to/dist`, those of an older build too, in turn with this one's, and the ratio of the two. */
export const bench = {
  title: 'Cold start: from the start of a visit with an empty cache to the first painted graph',
  async run(): Promise<Row[]> {
    const oldDist = process.env['OLD_DIST'];
    const builds = [
      ...(oldDist ? [{ name: 'old', folder: resolve(oldDist) }] : []),
      { name: 'new', folder: join(root, 'dist') },
    ];
    const browser = await chromium.launch(launchOptions());
    const servers = await Promise.all(
      builds.map(({ folder }) => serve({ dist: '/', folder, gzip: true })),
    );
    try {
      const rows: Row[] = [];
      for (const [page, path] of PAGES) {
        for (const line of [undefined, SLOW_LINE]) {
          const times = builds.map((): number[] => []);
          for (let visit = 0; visit <= VISITS; visit += 1) {
            for (const [i, { origin }] of servers.entries()) {
              const time = await coldStart(browser, `${origin}/${path}`, line);
              // The first visit warms up the server and the browser.
              if (visit > 0) times[i]?.push(time);
            }
          }
          const name = `${page}${line ? `, ${line.latency} ms and 10 Mbit/s` : ''}`;
          const medians = times.map(median);
          rows.push(
            ...medians.map((value, i) => ({
              name: `${name}: ${builds[i]?.name}`,
              value,
              unit: 'ms',
            })),
          );
          const [before, after] = medians;
          if (before !== undefined && after !== undefined)
            rows.push({ name: `${name}: ratio`, value: after / before, unit: '' });
        }
      }
      return [...rows, ...builds.flatMap(({ name, folder }) => weights(name, folder))];
    } finally {
      await browser.close();
      for (const server of servers) await server.close();
    }
  },
};

async function coldStart(browser: Browser, url: string, line?: typeof SLOW_LINE): Promise<number> {
  const context = await browser.newContext({
    serviceWorkers: 'block',
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  if (line)
    await (
      await context.newCDPSession(page)
    ).send('Network.emulateNetworkConditions', { offline: false, ...line });
  await page.goto(url, { waitUntil: 'commit' });
  const painted = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        const look = (): void => {
          const node = document.querySelector('.react-flow__node');
          if (!node || getComputedStyle(node).visibility !== 'visible')
            return void requestAnimationFrame(look);
          // The frame that shows it has ended when a task after it runs.
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.addEventListener('message', () => done(performance.now()), {
              once: true,
            });
            channel.port1.start();
            channel.port2.postMessage(0);
          });
        };
        look();
      }),
  );
  await context.close();
  return painted;
}

/** Gzip sizes of what a page needs, whether at once or later. */
function weights(name: string, folder: string): Row[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const isEmbed = (file: string): boolean => /(^|\/)embed[^/]*\.js$/.test(file);
  const row = (what: string, fits: (file: string) => boolean): Row => ({
    name: `weight of ${what}: ${name}`,
    value:
      files
        .filter(fits)
        .reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0) / 1000,
    unit: 'kB',
  });
  return [
    row(
      'all scripts of the app',
      (file) => file.startsWith('assets/') && file.endsWith('.js') && !isEmbed(file),
    ),
    row('all scripts of the embed', isEmbed),
    row('the single file', (file) => file === 'vfio-playground.html'),
  ];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
