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
import { makeCheck } from '../../src/explore/check';
import { compileRequest } from '../../src/explore/checkRequest';
import { LIBRARY, type LibraryEntry } from '../../src/scenario/library/library';
import { makeLink } from '../../src/scenario/link/link';
import { linkOfTrace } from '../../src/scenario/link/linkOfTrace';
import { runScenario } from '../../src/scenario/run/runScenario';
import { stepPlaces } from '../../src/session/queries/stepPlaces';
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
const MAX_MINUTES = 25;

/**
 * The editor in Chromium: from a key to the painted verdict of all interleavings. And the parts of it, in Node. A word after
 * the name of the bench chooses scenarios: `npm run bench -- typing bind-race`.
 */
export const bench = {
  title: 'Typing: key to verdict, parse, compile, length of a link',
  async run(): Promise<Row[]> {
    const chosen = LIBRARY.filter(({ id }) => id.includes(process.argv[3] ?? ''));
    if (chosen.length === 0) throw new Error(`no scenario matches "${process.argv[3] ?? ''}"`);
    return [...parts(), ...cpuOfKeys(chosen), ...(await keyToVerdict(chosen))];
  },
};

/** A text in which the key `/` at an offset comments a statement out. Before the key the text has an error there. */
interface KeyPress {
  /** The text before the statement is changed: it has a verdict when the user begins to type. */
  readonly before: string;
  readonly text: string;
  readonly cursor: number;
}

/** Key presses that change a step of the calls of a scenario, each with so many changed steps after it. */
function keyPresses({ scenario }: LibraryEntry, changedSteps: number): readonly KeyPress[] {
  const design = DESIGNS.find(({ id }) => id === scenario.design);
  if (!design) throw new Error(`no design ${scenario.design}`);
  const text = printDesign(design, scenario.options);
  const compiles = (changed: string): boolean => {
    try {
      compileRequest({ scenario, text: changed });
      return true;
    } catch {
      return false;
    }
  };
  const names = new Set(
    compileRequest({ scenario, text }).tasks.flatMap(({ steps }) => steps.map(({ name }) => name)),
  );
  const statements = stepPlaces(text).flatMap((place) => {
    const match = place.names.some((name) => names.has(name))
      ? /^\t(?!return|goto)\w[^\n]*;[^\n]*$/m.exec(text.slice(place.from, place.to))
      : undefined;
    return match ? [place.from + match.index + 1] : [];
  });
  const commentedOut = (places: readonly number[]): string =>
    places
      .toSorted((x, y) => y - x)
      .reduce((changed, at) => `${changed.slice(0, at)}//${changed.slice(at)}`, text);
  const presses: KeyPress[] = [];
  for (let key = 0; key < statements.length && presses.length < KEYS; key++) {
    // Spread over the steps, and different for each number of steps.
    const first = (7 * key + changedSteps) % statements.length;
    const places: number[] = [];
    for (let i = 0; i < statements.length && places.length < changedSteps; i++) {
      const at = statements[(first + i) % statements.length] ?? 0;
      if (compiles(commentedOut([...places, at]))) places.push(at);
    }
    const last = places.at(-1);
    if (last === undefined || places.length < Math.min(changedSteps, statements.length / 2))
      continue;
    const earlier = places.filter((at) => at < last).length;
    const cursor = last + 2 * earlier + 1;
    const changed = commentedOut(places);
    presses.push({
      before: commentedOut(places.slice(0, -1)),
      text: changed.slice(0, cursor) + changed.slice(cursor + 1),
      cursor,
    });
  }
  if (presses.length < KEYS)
    throw new Error(`no ${changedSteps} steps of ${scenario.title} to change`);
  return presses;
}

/** CPU time in Node from the text to the verdict, in a process that has checked versions of the text before. */
function cpuOfKeys(chosen: readonly LibraryEntry[]): Row[] {
  const phases = new Map<string, number[]>(
    ['parse and compile', 'set up', 'search and conclude', 'in all'].map((name) => [name, []]),
  );
  for (const entry of chosen) {
    const { scenario } = entry;
    const presses = CHANGED_STEPS.flatMap((count) => keyPresses(entry, count));
    // Twice: the first time it is cold.
    for (const isMeasured of [false, true])
      for (const { before, text, cursor } of presses) {
        if (isMeasured) checkText(scenario, before);
        // The space makes it another text than that of the first time.
        const key = isMeasured ? '/ ' : '/';
        const changed = `${text.slice(0, cursor)}${key}${text.slice(cursor)}`;
        const start = cpuTime();
        const program = compileRequest({ scenario, text: changed });
        const compiled = cpuTime();
        const check = makeCheck(program, { outcomes: false });
        const begun = cpuTime();
        while (check.advance(100_000) === 'more');
        const end = cpuTime();
        if (!isMeasured) continue;
        phases.get('parse and compile')?.push(compiled - start);
        phases.get('set up')?.push(begun - compiled);
        phases.get('search and conclude')?.push(end - begun);
        phases.get('in all')?.push(end - start);
      }
  }
  return [...phases].flatMap(([name, times]) =>
    quantileRows(`CPU of a key in Node, ${name}`, times),
  );
}

/** As the worker does: what is kept from one text to the next one counts. */
function checkText(scenario: LibraryEntry['scenario'], text: string): void {
  const check = makeCheck(compileRequest({ scenario, text }), { outcomes: false });
  while (check.advance(100_000) === 'more');
}

function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function quantileRows(name: string, times: readonly number[]): Row[] {
  return [
    { name: `${name}, median`, value: quantile(times, 0.5), unit: 'ms' },
    { name: `${name}, p95`, value: quantile(times, 0.95), unit: 'ms' },
    { name: `${name}, worst`, value: Math.max(...times), unit: 'ms' },
  ];
}

async function keyToVerdict(chosen: readonly LibraryEntry[]): Promise<Row[]> {
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
    const byScenario: { readonly id: string; readonly times: readonly number[] }[] = [];
    const inChecker: number[] = [];
    const begin = performance.now();
    for (const entry of chosen) {
      if (performance.now() - begin > MAX_MINUTES * 60_000) break;
      const page = await browser.newPage({ viewport: SCREEN });
      await page.goto(`${url}?scenario=${entry.id}`);
      await page.getByRole('radio', { name: 'Edit' }).check({ force: true });
      await page.locator('.cm-content').waitFor();
      // The checker gets ready while the user looks for the line to change.
      await page.waitForTimeout(1500);
      const ofScenario: number[] = [];
      for (const count of CHANGED_STEPS)
        for (const press of keyPresses(entry, count)) {
          const time = await timeOf(page, press);
          byCount.get(count)?.push(time.total);
          ofScenario.push(time.total);
          inChecker.push(time.inChecker);
        }
      byScenario.push({ id: entry.id, times: ofScenario });
      await page.close();
    }
    return [
      { name: 'scenarios measured', value: byScenario.length, unit: `of ${LIBRARY.length}` },
      ...quantileRows('in the checker', inChecker),
      ...CHANGED_STEPS.flatMap((count) =>
        quantileRows(
          `key to verdict, ${count} changed step${count === 1 ? '' : 's'}`,
          byCount.get(count) ?? [],
        ),
      ),
      ...byScenario
        .toSorted((a, b) => Math.max(...b.times) - Math.max(...a.times))
        .flatMap(({ id, times }) => quantileRows(`  ${id}`, times)),
    ];
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Milliseconds from a key that makes a text valid to its verdict on screen, and how many of them the checker took. */
async function timeOf(
  page: Page,
  { before, text, cursor }: KeyPress,
): Promise<{ readonly total: number; readonly inChecker: number }> {
  const insertText = (insert: string, anchor: number): Promise<void> =>
    page.evaluate(
      (inserted) => {
        const content = document.querySelector('.cm-content') as unknown as {
          readonly cmTile: { readonly root: { readonly view: EditorLike } };
        };
        const { view } = content.cmTile.root;
        const changes = { from: 0, to: view.state.doc.length, insert: inserted.text };
        view.dispatch({ changes, selection: { anchor: inserted.anchor }, scrollIntoView: true });
        view.focus();
      },
      { text: insert, anchor },
    );
  // An error between two texts, so that each verdict is of the new one.
  await insertText('error', 0);
  await page.locator(`${SETTLED}[data-verdict="error"]`).waitFor();
  await insertText(before, 0);
  await page.locator(`${SETTLED}:not([data-verdict="error"])`).waitFor();
  await insertText(text, cursor);
  await page.locator(`${SETTLED}[data-verdict="error"]`).waitFor();
  await page.waitForTimeout(500);
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
  await page.keyboard.press('/');
  const total = await page.evaluate(
    () => (globalThis as unknown as { keyToVerdict: Promise<number> }).keyToVerdict,
  );
  const verdict = page.locator(SETTLED);
  if ((await verdict.getAttribute('data-verdict')) === 'error')
    throw new Error(`the changed text is wrong: ${(await verdict.textContent()) ?? ''}`);
  const tooltip = await verdict.locator('[data-tooltip]').getAttribute('data-tooltip');
  return { total, inChecker: Number.parseInt(tooltip ?? '', 10) };
}

interface EditorLike {
  readonly state: {
    readonly doc: { readonly length: number };
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
