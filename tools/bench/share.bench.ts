import { mutateText } from '../../src/kernel/testing/mutateText';
import { DESIGNS } from '../../src/designs/designs';
import { EXPORTS } from '../../src/export/exports';
import { parseDesign } from '../../src/kernel/text/parseDesign';
import { printDesign } from '../../src/kernel/text/printDesign';
import { parseRequest } from '../../src/host/protocol';
import { LIBRARY } from '../../src/scenario/library/library';
import { makeLink, parseLink } from '../../src/scenario/link/link';
import { linkOfTrace } from '../../src/scenario/link/linkOfTrace';
import { makeScenario } from '../../src/scenario/format/makeScenario';
import { parseScenario } from '../../src/scenario/format/parseScenario';
import { randomScenario } from '../../src/scenario/testing/randomScenario';
import { seededRandom } from '../../src/scenario/run/seededRandom';
import { runScenario } from '../../src/scenario/run/runScenario';
import { makeSvgScenario, scenarioInSvg } from '../../src/scenario/format/svgScenario';
import type { Trace } from '../../src/scenario/run/trace';

interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const STEPS_BY_HAND = 100;
const DAMAGES = 5000;

/** What leaves the page and what comes in: how long it is, how long it takes. */
export const bench = {
  title: 'Share: links, exports, reading damaged input',
  run(): Row[] {
    return [...linksAndExports(), ...damagedInput()];
  },
};

function linksAndExports(): Row[] {
  const library = LIBRARY.flatMap(({ variants }) => variants).flatMap(
    (scenario) => traceOf(scenario) ?? [],
  );
  const lengths = library.map(linkLength);
  // By hand: no built-in scenario to lean on, tasks in any order.
  const byHand = DESIGNS.flatMap((design) =>
    Array.from({ length: 120 }, (_, seed) => randomScenario(seed, design, {})),
  )
    .flatMap((scenario) => traceOf({ ...scenario, schedule: { random: 1 } }) ?? [])
    .filter(({ steps }) => steps.length >= STEPS_BY_HAND)
    .map((trace) =>
      linkLength({
        ...trace,
        schedule: trace.schedule.slice(0, STEPS_BY_HAND),
        steps: trace.steps.slice(0, STEPS_BY_HAND),
      }),
    );
  if (byHand.length < 10)
    throw new Error(`only ${byHand.length} random runs have ${STEPS_BY_HAND} steps`);
  const longest = library.reduce((most, trace) =>
    trace.steps.length > most.steps.length ? trace : most,
  );
  return [
    {
      name: `link, median of ${library.length} variants`,
      value: median(lengths),
      unit: 'characters',
    },
    { name: 'link, longest variant', value: Math.max(...lengths), unit: 'characters' },
    {
      name: `link after ${STEPS_BY_HAND} steps by hand, median of ${byHand.length}`,
      value: median(byHand),
      unit: 'characters',
    },
    {
      name: `link after ${STEPS_BY_HAND} steps by hand, longest`,
      value: Math.max(...byHand),
      unit: 'characters',
    },
    ...EXPORTS.map((form) => ({
      name: `export of ${longest.steps.length} steps, ${form.id}`,
      value: median(Array.from({ length: 7 }, () => elapsed(() => form.make(longest)))),
      unit: 'ms',
    })),
  ];
}

function traceOf(scenario: Trace['scenario']): Trace | undefined {
  const run = runScenario(scenario);
  return run.ok ? run.trace : undefined;
}

function linkLength(trace: Trace): number {
  return makeLink(linkOfTrace(trace)).length;
}

/** Each parser over seeded damages of what is valid: how long one takes that takes long. */
interface Corpus {
  readonly name: string;
  readonly valid: readonly string[];
  readonly read: (text: string) => unknown;
  readonly change?: (text: string, random: (below: number) => number) => string;
  /** How many damaged texts are read. */
  readonly count?: number;
}

function damagedInput(): Row[] {
  const scenarios = LIBRARY.map(({ scenario }) => scenario);
  const files = scenarios.map((scenario) => makeScenario(scenario));
  const links = scenarios
    .flatMap((scenario) => traceOf(scenario) ?? [])
    .map((trace) => makeLink(linkOfTrace(trace)));
  const message = (file: string): string =>
    JSON.stringify({ source: 'vfio-playground', version: 1, type: 'load', id: 1, file });
  const corpora: readonly Corpus[] = [
    { name: 'link', valid: links, read: parseLink },
    { name: 'file', valid: files, read: parseScenario },
    {
      name: 'SVG',
      valid: files.map((file) => `<svg>${makeSvgScenario(file)}</svg>`),
      read: scenarioInSvg,
    },
    { name: 'message', valid: files.map(message), read: (text) => parseRequest(parsedJson(text)) },
    {
      name: 'design text',
      valid: DESIGNS.map((design) => printDesign(design)),
      read: parseDesign,
      change: mutateText,
      count: 500,
    },
  ];
  return corpora.flatMap(({ name, valid, read, change = damaged, count = DAMAGES }) => {
    const random = seededRandom(6);
    const inputs = Array.from({ length: count }, (_, i) =>
      change(valid[i % valid.length] ?? '', random),
    );
    for (const text of inputs.slice(0, 200)) read(text);
    const times = inputs.map((text) => elapsed(() => read(text)));
    return [
      {
        name: `damaged ${name} read, slowest of ${count}`,
        value: Math.max(...times),
        unit: 'ms',
      },
      {
        name: `damaged ${name} read, 99.9 % within`,
        value: times.toSorted((a, b) => a - b)[Math.floor(count * 0.999)] ?? 0,
        unit: 'ms',
      },
    ];
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const PIECES = [
  '',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  '\\',
  '\u0000',
  '1e999',
  '-1',
  'null',
  '<',
  '&#0;',
  '\ud800',
  'qemu*999999',
  'A',
  '_',
];

/** A text with up to three places cut, doubled or put in. */
function damaged(text: string, random: (below: number) => number): string {
  let result = text;
  for (let edits = 1 + random(3); edits > 0; edits -= 1) {
    const at = random(result.length + 1);
    const piece =
      random(3) === 0
        ? result.slice(at, at + random(200)).repeat(2)
        : (PIECES[random(PIECES.length)] ?? '');
    result = result.slice(0, at) + piece + result.slice(at + random(4));
  }
  return result;
}

function elapsed(act: () => unknown): number {
  const begin = performance.now();
  act();
  return performance.now() - begin;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
