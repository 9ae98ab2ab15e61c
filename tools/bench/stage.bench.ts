import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import react from '@vitejs/plugin-react';
import { build, preview, type PreviewServer } from 'vite';
import { launchOptions } from '../test/browser.mjs';
import { cacheFile, root } from '../test/cache.mjs';
import { crowdScene, idle, openScene } from '../../e2e/stageScenes.ts';

interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const ROUNDS = 3;
/** Devices of the bench page for at least so many nodes on the stage, all the time. */
const SIZES = [
  { nodes: 40, devices: 6 },
  { nodes: 300, devices: 30 },
];
const STEPS_PER_SECOND = 8;
const SECONDS = 2.5;
const SCREEN = { width: 1440, height: 900 };

/** Pan in px and scale of React Flow. */
interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Frame times in ms, long tasks, and CPU time of the main thread in ms for each second of one stretch. */
interface Stretch {
  readonly p95: number;
  readonly median: number;
  readonly longTasks: number;
  readonly busy: number;
}

/** The stage against React Flow alone with the same nodes and edges, and the time from a click to the painted step. */
export const bench = {
  title: 'Stage: frames against bare React Flow, click to painted step',
  async run(): Promise<Row[]> {
    const browser = await chromium.launch(launchOptions());
    try {
      return [
        ...(await againstBare(browser)),
        ...(await inThePage(browser)),
        ...(await sideBySide(browser)),
      ];
    } finally {
      await browser.close();
    }
  },
};

async function againstBare(browser: Browser): Promise<Row[]> {
  // The runner that imports this file has set NODE_ENV for development.
  process.env['NODE_ENV'] = 'production';
  const server = await servePage();
  try {
    const rows: Row[] = [];
    const times = { standing: [] as number[], followed: [] as number[] };
    for (const { nodes: wanted, devices } of SIZES) {
      const runs: Record<string, Stretch[]> = {};
      const address = (mode: 'bare' | 'stage'): string =>
        `${server.resolvedUrls?.local[0] ?? ''}?devices=${devices}${mode === 'bare' ? '&bare' : ''}`;
      /** Where the camera of the stage was after each followed step. */
      const views: Viewport[] = [];
      let shown = { nodes: 0, edges: 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const mode of round % 2 === 0
          ? (['bare', 'stage'] as const)
          : (['stage', 'bare'] as const)) {
          const at = await browser.newPage({ viewport: SCREEN });
          await at.goto(address(mode));
          await at.locator('.react-flow__node').first().waitFor();
          const open = at.getByRole('button', { name: 'Open every group' });
          if (mode === 'stage' && (await open.count()) > 0) await open.click();
          // In a crowd the view goes with the steps. The other page's stands still, so that this one is measured standing as well, and moving by itself.
          if (mode === 'stage') await at.getByRole('button', { name: 'Show everything' }).click();
          await at.waitForTimeout(600);
          shown = await at.evaluate(() => ({
            nodes: document.querySelectorAll('.react-flow__node').length,
            edges: window.stageBench?.edges ?? 0,
          }));
          if (shown.nodes < wanted)
            throw new Error(`${mode}: expected ${wanted} nodes or more, got ${shown.nodes}`);
          (runs[`${mode} playing`] ??= []).push(await stretch(at, play));
          (runs[`${mode} panning`] ??= []).push(await stretch(at, pan));
          if (mode === 'stage' && wanted === 300) {
            times.standing.push(...(await stepTimes(at.locator('body'), 20)));
            await at.getByRole('button', { name: 'Follow', exact: true }).click();
            await at.waitForTimeout(600);
            views.length = 0;
            (runs['stage followed'] ??= []).push(
              await stretch(at, async () => void views.push(...(await playFollowed(at)))),
            );
            times.followed.push(...(await stepTimes(at.locator('body'), 20)));
          }
          await at.close();
        }
      }
      rows.push(
        { name: `${wanted}: nodes`, value: shown.nodes, unit: '' },
        { name: `${wanted}: edges`, value: shown.edges, unit: '' },
      );
      for (const what of ['playing', 'panning']) {
        const [ours, theirs] = [runs[`stage ${what}`] ?? [], runs[`bare ${what}`] ?? []];
        rows.push(
          {
            name: `${wanted}: ${what}, p95 frame, stage`,
            value: medianOf(ours.map((each) => each.p95)),
            unit: 'ms',
          },
          {
            name: `${wanted}: ${what}, p95 frame, bare`,
            value: medianOf(theirs.map((each) => each.p95)),
            unit: 'ms',
          },
          {
            name: `${wanted}: ${what}, p95 ratio`,
            value:
              medianOf(ours.map((each) => each.p95)) / medianOf(theirs.map((each) => each.p95)),
            unit: '',
          },
          {
            name: `${wanted}: ${what}, main thread CPU, stage`,
            value: medianOf(ours.map((each) => each.busy)),
            unit: 'ms/s',
          },
          {
            name: `${wanted}: ${what}, main thread CPU, bare`,
            value: medianOf(theirs.map((each) => each.busy)),
            unit: 'ms/s',
          },
          {
            name: `${wanted}: ${what}, long tasks, stage`,
            value: medianOf(ours.map((each) => each.longTasks)),
            unit: '',
          },
          {
            name: `${wanted}: ${what}, long tasks, bare`,
            value: medianOf(theirs.map((each) => each.longTasks)),
            unit: '',
          },
        );
      }
      const followed = runs['stage followed'];
      if (followed) {
        const bare: Stretch[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          const at = await browser.newPage({ viewport: SCREEN });
          await at.goto(address('bare'));
          await at.locator('.react-flow__node').first().waitFor();
          await at.waitForTimeout(600);
          bare.push(await stretch(at, async () => void (await playFollowed(at, views))));
          await at.close();
        }
        const p95 = (of: readonly Stretch[]): number => medianOf(of.map((each) => each.p95));
        rows.push(
          { name: `${wanted}: followed, p95 frame, bare`, value: p95(bare), unit: 'ms' },
          { name: `${wanted}: followed, p95 ratio`, value: p95(followed) / p95(bare), unit: '' },
          {
            name: `${wanted}: followed, long tasks, bare`,
            value: medianOf(bare.map((each) => each.longTasks)),
            unit: '',
          },
          {
            name: `${wanted}: followed, p95 frame, stage`,
            value: medianOf(followed.map((each) => each.p95)),
            unit: 'ms',
          },
          {
            name: `${wanted}: followed, long tasks, stage`,
            value: medianOf(followed.map((each) => each.longTasks)),
            unit: '',
          },
        );
      }
    }
    rows.push(
      ...timeRows('step to paint, 300 nodes', times.standing),
      ...timeRows('step to paint, 300 nodes, followed', times.followed),
    );
    return rows;
  } finally {
    await server.close();
  }
}

async function servePage(): Promise<PreviewServer> {
  const page = join(root, 'tools/bench/stagePage');
  const outDir = cacheFile('stageBench');
  await build({
    root: page,
    mode: 'production',
    base: './',
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  });
  return preview({
    root: page,
    configFile: false,
    logLevel: 'error',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0 },
  });
}

/** The page as it ships: from a press of the key or button to the painted next step. */
async function inThePage(browser: Browser): Promise<Row[]> {
  if (!existsSync(join(root, 'dist/index.html'))) throw new Error('npm run build comes first');
  const server = await preview({
    root,
    configFile: false,
    logLevel: 'error',
    preview: { host: '127.0.0.1', port: 0 },
  });
  try {
    const url = server.resolvedUrls?.local[0] ?? '';
    const rows: Row[] = [];
    for (const devices of [2, 8]) {
      const page = await browser.newPage({ viewport: SCREEN });
      await page.goto(url);
      await openScene(page, crowdScene('upstream', devices));
      await idle(page);
      rows.push(
        ...timeRows(
          `click to paint, ${devices} devices`,
          await stepTimes(page.getByRole('button', { name: /step forward/i }).first(), 60),
        ),
      );
      await page.close();
    }
    return rows;
  } finally {
    await server.close();
  }
}

/** The page as it ships: four stages that play side by side against one. The calls of the scenario do the same in all designs, so that nothing stops. */
async function sideBySide(browser: Browser): Promise<Row[]> {
  const server = await preview({
    root,
    configFile: false,
    logLevel: 'error',
    preview: { host: '127.0.0.1', port: 0 },
  });
  try {
    const runs = { one: [] as Stretch[], four: [] as Stretch[] };
    for (let round = 0; round < ROUNDS; round += 1)
      for (const stages of round % 2 === 0
        ? (['one', 'four'] as const)
        : (['four', 'one'] as const)) {
        const page = await browser.newPage({ viewport: SCREEN });
        await page.goto(`${server.resolvedUrls?.local[0] ?? ''}?scenario=group-path`);
        await idle(page);
        await page
          .getByRole('combobox', { name: /^Speed/ })
          .selectOption({ value: String(STEPS_PER_SECOND) });
        if (stages === 'four') {
          await page.keyboard.press('2');
          await page.getByRole('region', { name: 'Stage of upstream' }).waitFor();
          await idle(page);
        }
        await page.evaluate(() => {
          if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        });
        // The first steps compile what later ones use.
        await page.keyboard.press('ArrowRight');
        await idle(page);
        runs[stages].push(
          await stretch(page, async () => {
            await page.keyboard.press('Space');
            await page.waitForTimeout(SECONDS * 1000);
          }),
        );
        await page.close();
      }
    const p95 = (stretches: readonly Stretch[]): number =>
      medianOf(stretches.map((each) => each.p95));
    const busy = (stretches: readonly Stretch[]): number =>
      medianOf(stretches.map((each) => each.busy));
    return [
      { name: 'side by side: p95 frame, one stage', value: p95(runs.one), unit: 'ms' },
      { name: 'side by side: p95 frame, four stages', value: p95(runs.four), unit: 'ms' },
      { name: 'side by side: p95 ratio', value: p95(runs.four) / p95(runs.one), unit: '' },
      { name: 'side by side: main thread CPU, one stage', value: busy(runs.one), unit: 'ms/s' },
      { name: 'side by side: main thread CPU, four stages', value: busy(runs.four), unit: 'ms/s' },
      {
        name: 'side by side: long tasks, four stages',
        value: medianOf(runs.four.map((each) => each.longTasks)),
        unit: '',
      },
    ];
  } finally {
    await server.close();
  }
}

/** Milliseconds from each step to the end of the frame that shows it; a button is clicked, else the bench page asked. */
async function stepTimes(where: Locator, count: number): Promise<number[]> {
  return where.evaluate(async (element, most) => {
    const made: number[] = [];
    for (let i = 0; i < most; i += 1) {
      const start = performance.now();
      if (element instanceof HTMLButtonElement) element.click();
      else window.stageBench?.step();
      await new Promise<void>((resolve) => {
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.addEventListener('message', () => resolve(), { once: true });
          channel.port1.start();
          channel.port2.postMessage(0);
        });
      });
      made.push(performance.now() - start);
      await new Promise((resolve) => {
        setTimeout(resolve, 60);
      });
    }
    return made;
  }, count);
}

async function play(page: Page): Promise<void> {
  await page.evaluate(
    async ({ pause, steps }) => {
      for (let made = 0; made < steps; made += 1) {
        window.stageBench?.step();
        await new Promise((resolve) => {
          setTimeout(resolve, pause);
        });
      }
    },
    { pause: 1000 / STEPS_PER_SECOND, steps: SECONDS * STEPS_PER_SECOND },
  );
}

/** Plays while the camera follows, and returns where it was after each step. Bare React Flow has no camera: it moves to `views`. */
async function playFollowed(page: Page, views?: readonly Viewport[]): Promise<Viewport[]> {
  return page.evaluate(
    async ({ pause, steps, given }) => {
      const seen: Viewport[] = [];
      for (let made = 0; made < steps; made += 1) {
        window.stageBench?.step();
        const [before, view] = [given?.[made - 1], given?.[made]];
        if (view && JSON.stringify(view) !== JSON.stringify(before))
          window.stageBench?.moveTo?.(view);
        await new Promise((resolve) => {
          setTimeout(resolve, pause);
        });
        const { transform } = getComputedStyle(
          document.querySelector('.react-flow__viewport') ?? document.body,
        );
        const { a: zoom, e: x, f: y } = new DOMMatrix(transform);
        seen.push({ x, y, zoom });
      }
      return seen;
    },
    { pause: 1000 / STEPS_PER_SECOND, steps: SECONDS * STEPS_PER_SECOND, given: views },
  );
}

/** Drags the empty ground about, as a hand would. */
async function pan(page: Page): Promise<void> {
  const from = await page.evaluate(() => {
    const isGround = (x: number, y: number): boolean =>
      document.elementFromPoint(x, y)?.classList.contains('react-flow__pane') === true;
    for (let y = innerHeight - 1; y > 0; y -= 4)
      for (let x = 2; x < 200; x += 4) if (isGround(x, y)) return { x, y };
    throw new Error('no ground to drag');
  });
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  const end = Date.now() + SECONDS * 1000;
  for (let i = 0; Date.now() < end; i += 1)
    await page.mouse.move(
      from.x + 150 * (1 - Math.cos(i / 18)),
      from.y - 100 * (1 - Math.cos(i / 25)),
    );
  await page.mouse.up();
}

async function stretch(page: Page, act: (page: Page) => Promise<void>): Promise<Stretch> {
  const session = await page.context().newCDPSession(page);
  // Thread time, so that other programs on the machine do not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async (): Promise<number> =>
    (await session.send('Performance.getMetrics')).metrics.find(
      (each) => each.name === 'TaskDuration',
    )?.value ?? 0;
  await page.evaluate(() => {
    const watch = { frames: [] as number[], long: 0, on: true };
    Object.assign(window, { watch });
    new PerformanceObserver((list) => {
      watch.long += list.getEntries().length;
    }).observe({ type: 'longtask' });
    let last = performance.now();
    const look = (now: number): void => {
      watch.frames.push(now - last);
      last = now;
      if (watch.on) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const [before, start] = [await busy(), Date.now()];
  await act(page);
  const spent = ((await busy()) - before) / ((Date.now() - start) / 1000);
  const seen = await page.evaluate(() => {
    const { watch } = window as unknown as {
      watch: { frames: number[]; long: number; on: boolean };
    };
    watch.on = false;
    return { frames: watch.frames.slice(2), long: watch.long };
  });
  await session.detach();
  return {
    p95: quantile(seen.frames, 0.95),
    median: quantile(seen.frames, 0.5),
    longTasks: seen.long,
    busy: spent * 1000,
  };
}

function timeRows(name: string, times: readonly number[]): Row[] {
  return [
    { name: `${name}, median`, value: quantile(times, 0.5), unit: 'ms' },
    { name: `${name}, p95`, value: quantile(times, 0.95), unit: 'ms' },
  ];
}

function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? Number.NaN;
}

function medianOf(values: readonly number[]): number {
  return quantile(values, 0.5);
}
