import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { preview } from 'vite';
import { DESIGNS } from '../../src/designs/designs';
import { makeTextChange } from '../../src/designs/textChange';
import { compile } from '../../src/kernel/compiler/compile';
import { makeDesignParser } from '../../src/kernel/text/designParser';
import { parseDesign } from '../../src/kernel/text/parseDesign';
import { printDesign } from '../../src/kernel/text/printDesign';
import { LIBRARY } from '../../src/scenario/library/library';
import { makeLink } from '../../src/scenario/link/link';
import { linkOfTrace } from '../../src/scenario/link/linkOfTrace';
import { runScenario } from '../../src/scenario/run/runScenario';
import { launchOptions } from '../test/browser.mjs';
import { root } from '../test/cache.mjs';

interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const SCREEN = { width: 1440, height: 900 };
/** How many steps of the design are changed when the key is pressed. */
const CHANGED_STEPS = [1, 3, 10];
const KEYS = 2;
/** The verdict is there and of the latest text. */
const SETTLED = 'section[aria-label="Edit"] [data-verdict]:not([data-stale])';
const ROUNDS = 15;
/** No scenario begins after this time: on a busy machine all of them take hours. */
const MAX_MINUTES = 15;

/** The editor in Chromium: from a key to the painted verdict of all interleavings. And the parts of it, in Node. */
export const bench = {
  title: 'Typing: key to verdict, parse, compile, length of a link',
  async run(): Promise<Row[]> {
    return [...parts(), ...(await keyToVerdict())];
  },
};

async function keyToVerdict(): Promise<Row[]> {
  if (!existsSync(join(root, 'dist/index.html'))) throw new Error('npm run build comes first');
  const server = await preview({
    root,
    configFile: false,
    logLevel: 'error',
    preview: { host: '127.0.0.1', port: 0 },
  });
  const browser = await chromium.launch(launchOptions());
  try {
    const url = server.resolvedUrls?.local[0] ?? '';
    const byCount = new Map<number, number[]>(CHANGED_STEPS.map((count) => [count, []]));
    const worst: { readonly id: string; readonly p95: number }[] = [];
    const inChecker: number[] = [];
    const begin = performance.now();
    for (const { id } of LIBRARY) {
      if (performance.now() - begin > MAX_MINUTES * 60_000) break;
      const page = await browser.newPage({ viewport: SCREEN });
      await page.goto(`${url}?scenario=${id}`);
      await page.getByRole('radio', { name: 'Edit' }).check({ force: true });
      await page.locator('.cm-content').waitFor();
      const ofScenario: number[] = [];
      for (const count of CHANGED_STEPS) {
        const keys = await timesOf(page, count);
        const times = keys.map(({ total }) => total);
        byCount.get(count)?.push(...times);
        ofScenario.push(...times);
        inChecker.push(...keys.map((key) => key.inChecker));
      }
      worst.push({ id, p95: quantile(ofScenario, 0.95) });
      await page.close();
    }
    return [
      { name: 'scenarios measured', value: worst.length, unit: `of ${LIBRARY.length}` },
      { name: 'in the checker, median', value: quantile(inChecker, 0.5), unit: 'ms' },
      { name: 'in the checker, p95', value: quantile(inChecker, 0.95), unit: 'ms' },
      { name: 'in the checker, worst', value: Math.max(...inChecker), unit: 'ms' },
      ...CHANGED_STEPS.flatMap((count) => {
        const times = byCount.get(count) ?? [];
        const name = `key to verdict, ${count} changed step${count === 1 ? '' : 's'}`;
        return [
          { name: `${name}, median`, value: quantile(times, 0.5), unit: 'ms' },
          { name: `${name}, p95`, value: quantile(times, 0.95), unit: 'ms' },
          { name: `${name}, worst`, value: Math.max(...times), unit: 'ms' },
        ];
      }),
      ...worst
        .toSorted((a, b) => b.p95 - a.p95)
        .map(({ id, p95 }) => ({ name: `  ${id}, p95`, value: p95, unit: 'ms' })),
    ];
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Changes steps from the cursor on, then presses keys in the last of them. */
async function timesOf(
  page: Page,
  changedSteps: number,
): Promise<readonly { readonly total: number; readonly inChecker: number }[]> {
  await page.evaluate((count) => {
    const content = document.querySelector('.cm-content') as unknown as {
      readonly cmTile: { readonly root: { readonly view: EditorLike } };
    };
    const { view } = content.cmTile.root;
    const text = view.state.doc.toString();
    // A step that may wait has to begin with that.
    const labels = [
      ...text.slice(view.state.selection.main.head).matchAll(/^[A-Z][\w.:]*:(?=[ \t]).*$/gm),
    ].filter(
      ({ index }, i, all) =>
        !/_lock\(|wait|down_/.test(
          text.slice(view.state.selection.main.head).slice(index, all[i + 1]?.index),
        ),
    );
    const first = view.state.selection.main.head;
    const changes = labels.slice(0, count).map(({ 0: line, index }) => ({
      from: first + index + line.length,
      insert: '\n\tmodel_only { }',
    }));
    const last = changes.at(-1);
    if (!last) throw new Error('no step after the cursor');
    view.dispatch({ changes });
    const end = last.from + changes.length * last.insert.length;
    view.dispatch({ selection: { anchor: end } });
    view.focus();
  }, changedSteps);
  await page.locator(SETTLED).waitFor();
  await page.waitForTimeout(500);
  const times: { readonly total: number; readonly inChecker: number }[] = [];
  for (let key = 0; key < KEYS; key++) {
    // Before the key: the page has no time to tell that it listens.
    await page.evaluate(() => {
      const panel = document.querySelector('section[aria-label="Edit"]');
      let begin = 0;
      addEventListener('keydown', () => (begin = performance.now()), { capture: true, once: true });
      const measured = globalThis as unknown as { keyToVerdict: Promise<number> };
      measured.keyToVerdict = new Promise((resolve) => {
        let wasStale = false;
        const observer = new MutationObserver(() => {
          const isStale = panel?.querySelector('[data-stale]') !== null;
          if (isStale) wasStale = true;
          else if (wasStale) {
            observer.disconnect();
            requestAnimationFrame(() => resolve(performance.now() - begin));
          }
        });
        if (panel) observer.observe(panel, { subtree: true, childList: true, attributes: true });
      });
    });
    await page.keyboard.press('Space');
    const total = await page.evaluate(
      () => (globalThis as unknown as { keyToVerdict: Promise<number> }).keyToVerdict,
    );
    const verdict = page.locator(SETTLED);
    if ((await verdict.getAttribute('data-verdict')) === 'error')
      throw new Error(`the changed text is wrong: ${(await verdict.textContent()) ?? ''}`);
    const tooltip = await verdict.locator('[data-tooltip]').getAttribute('data-tooltip');
    times.push({ total, inChecker: Number.parseInt(tooltip ?? '', 10) });
    // The stage follows the text meanwhile.
    await page.waitForTimeout(300);
  }
  return times;
}

interface EditorLike {
  readonly state: {
    readonly doc: { readonly toString: () => string };
    readonly selection: { readonly main: { readonly head: number } };
  };
  readonly dispatch: (change: object) => void;
  readonly focus: () => void;
}

function parts(): Row[] {
  const rows: Row[] = [];
  for (const design of DESIGNS) {
    const text = printDesign(design);
    const parse = makeDesignParser();
    parse(text);
    const edits = Array.from({ length: ROUNDS }, (_, i) =>
      text.replace('mutex_lock(', `/* ${i} */ mutex_lock(`),
    );
    rows.push(
      {
        name: `parse ${design.id}`,
        value: quantile(
          edits.map((t) => elapsed(() => parseDesign(t))),
          0.5,
        ),
        unit: 'ms',
      },
      {
        name: `parse ${design.id} after a change`,
        value: quantile(
          edits.map((t) => elapsed(() => parse(t))),
          0.5,
        ),
        unit: 'ms',
      },
    );
  }
  const compiles = LIBRARY.flatMap(({ scenario }) => {
    const design = DESIGNS.find(({ id }) => id === scenario.design);
    if (!design) throw new Error(`no design ${scenario.design}`);
    return [1, 2, 3].map(() =>
      elapsed(() => compile(design, scenario.options, scenario.world, scenario.calls)),
    );
  });
  rows.push(
    { name: 'compile a built-in scenario, median', value: quantile(compiles, 0.5), unit: 'ms' },
    { name: 'compile a built-in scenario, p95', value: quantile(compiles, 0.95), unit: 'ms' },
    {
      name: 'link, longest with ten changed lines',
      value: Math.max(...changedLinks(10)),
      unit: 'characters',
    },
    {
      name: 'link, longest with one changed line',
      value: Math.max(...changedLinks(1)),
      unit: 'characters',
    },
  );
  return rows;
}

/** The lengths of links to the built-in scenarios under a design with so many changed lines. */
function changedLinks(lines: number): readonly number[] {
  return LIBRARY.flatMap(({ scenario }) => {
    const design = DESIGNS.find(({ id }) => id === scenario.design);
    const outcome = runScenario(scenario);
    if (!design || !outcome.ok) return [];
    const text = printDesign(design, scenario.options);
    const all = text.split('\n');
    const steps = all.flatMap((line, i) => (/^\t\w.*;$/.test(line) ? [i] : []));
    const changed = new Set(
      Array.from(
        { length: lines },
        (_, i) => steps[Math.floor(((i + 0.5) * steps.length) / lines)],
      ),
    );
    const edited = all.map((line, i) =>
      changed.has(i) ? `\tif (device->open_count == ${i % 3}) { ${line.trim()} }` : line,
    );
    const change = makeTextChange(text, edited.join('\n'));
    const link = linkOfTrace(outcome.trace);
    return [makeLink({ ...link, ...(change ? { mutations: [change] } : {}) }).length];
  });
}

function elapsed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
