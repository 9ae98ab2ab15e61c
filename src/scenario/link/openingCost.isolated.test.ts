import { describe, expect, it, vi } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import type { Call } from '../../kernel/language/world';
import { makeLink, parseLink, type Link } from './link';
import { openLink } from './openLink';
import { makeScenario } from '../format/makeScenario';
import { parseScenario } from '../format/parseScenario';
import { startScenarioRun } from '../run/scenarioRun';
import { runScenario } from '../run/runScenario';
import type { Scenario, Schedule } from '../format/scenario';
import { LIMITS } from '../format/limits';
import { scenarioInSvg } from '../format/svgScenario';

/** How often a scenario was parsed: the cost of opening a link, counted instead of timed. */
const parseCounter = vi.hoisted(() => ({ checks: 0 }));
vi.mock(import('../format/parseScenario'), async (original) => {
  const parse = await original();
  return {
    ...parse,
    parseScenario: (input) => {
      parseCounter.checks++;
      return parse.parseScenario(input);
    },
  };
});

function countParses(act: () => void): number {
  parseCounter.checks = 0;
  act();
  return parseCounter.checks;
}

const processes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const world = {
  devices: processes.map((_, i) => ({ name: `v${i}`, group: `${i % 4}` })),
  processes,
};
const emptyLink: Link = {
  design: 'upstream',
  revision: 1,
  options: {},
  world,
  calls: [],
  steps: [],
  cursor: 0,
  view: {},
};
const call = (i: number, device = `v${i % 8}`): Call => ({
  by: processes[i % 8] ?? '',
  call: 'open_cdev',
  device,
  as: `fd${i}`,
});
const repeat = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

describe('the cost of opening a hostile link', () => {
  it('is one parse more than there are invalid calls found, however many calls there are', () => {
    const link = makeLink({
      ...emptyLink,
      calls: repeat(3000, (i) => call(i, i < 40 ? undefined : 'none')),
    });
    expect(link.length).toBeGreaterThan(45_000);
    expect(
      countParses(() =>
        expect(openLink(link)).toMatchObject({
          ok: true,
          dropped: [expect.stringContaining('2960 of 3000 calls')],
        }),
      ),
    ).toBe(2);
  });

  it('is at most one parse per allowed call', () => {
    // Each call needs the file of the next call, so that every cut makes the previous call invalid.
    const chain = repeat(LIMITS.calls, (i): Call =>
      i === LIMITS.calls - 1
        ? call(i, 'none')
        : {
            by: processes[i % 8] ?? '',
            call: 'pass_fd',
            fd: `fd${i + 1}`,
            to: processes[(i + 7) % 8] ?? '',
            as: `fd${i}`,
          },
    );
    expect(
      countParses(() => openLink(makeLink({ ...emptyLink, calls: chain }))),
    ).toBeLessThanOrEqual(LIMITS.calls + 1);
    const tasks = repeat(LIMITS.calls, (i): Call => ({
      ...call(i),
      by: `${processes[i % 8] ?? ''}${i < 8 ? '' : '/2'}`,
    }));
    expect(
      countParses(() => openLink(makeLink({ ...emptyLink, calls: tasks }))),
    ).toBeLessThanOrEqual(LIMITS.calls + 1);
  });

  it('is one parse if no call is invalid', () => {
    const link = makeLink({
      ...emptyLink,
      title: 'x'.repeat(40_000),
      calls: repeat(LIMITS.calls, (i) => call(i)),
    });
    expect(
      countParses(() =>
        expect(openLink(link)).toMatchObject({
          ok: false,
          message: expect.stringContaining('at most 200 characters') as string,
        }),
      ),
    ).toBe(1);
  });

  it('does not grow with the number of options or insertions', () => {
    const options = Object.fromEntries(repeat(3000, (i) => [`o${i}`, 'v']));
    const opened = openLink(makeLink({ ...emptyLink, options }));
    expect(opened.ok && opened.dropped.join(' ').length).toBeLessThan(300);
    const issued = repeat(12_000, (i) => ({ call: i, after: 9999 }));
    expect(
      countParses(() =>
        expect(
          openLink(makeLink({ ...emptyLink, calls: repeat(8, (i) => call(i)), issued })),
        ).toMatchObject({ ok: true }),
      ),
    ).toBeLessThanOrEqual(2 + LIMITS.calls);
  });
});

describe('the size of an input', () => {
  it('has a limit that is checked first and named', () => {
    expect(parseLink(`#v1.${'A'.repeat(65_536)}`)).toEqual({
      ok: false,
      message: expect.stringContaining('at most 65536') as string,
    });
    expect(parseScenario(' '.repeat(262_145))).toMatchObject({
      ok: false,
      errors: [{ message: expect.stringContaining('at most 262144 characters') as string }],
    });
    expect(parseScenario('['.repeat(131_072) + ']'.repeat(131_072))).toMatchObject({
      ok: false,
      errors: [{ message: expect.stringContaining('more than 50000 values') as string }],
    });
    expect(
      scenarioInSvg(
        `<svg><scenario xmlns="urn:vfio-playground:scenario@1">${'&amp;'.repeat(400_000)}</scenario>`,
      ),
    ).toBeUndefined();
  });

  it('bounds the size of the parsed link, because nothing is compressed', () => {
    const link = makeLink({
      ...emptyLink,
      calls: repeat(LIMITS.calls, (i) => call(i)),
      steps: repeat(4000, (i) => ({ by: 'a', at: `OPEN.${i % 9}` })),
      cursor: 4000,
    });
    const parsed = parseLink(link);
    // A repeated name is written as its number, so a record of n bytes has at most n values.
    expect(parsed.ok && parsed.link.steps.length).toBe(4000);
    expect(parsed.ok && JSON.stringify(parsed.link).length).toBeLessThan(link.length * 48);
  });
});

describe('the largest valid scenario', () => {
  const scenarioOf = (design: string, schedule: Schedule): Scenario => {
    const calls = repeat(LIMITS.calls, (i): Call => {
      const [by, round] = [processes[i % 8] ?? '', Math.floor(i / 8)];
      switch (round) {
        case 0:
        case 3:
        case 6:
          return { by, call: 'open_cdev', device: `v${i % 8}`, as: `fd${i}` };
        case 1:
          return { by, call: 'open_iommufd', as: `ictx${i % 8}` };
        case 2:
        case 4:
        case 7:
          return {
            by,
            call: 'bind_iommufd',
            fd: `fd${i - 8 * (round === 2 ? 2 : 1)}`,
            iommufd: `ictx${i % 8}`,
          };
        default:
          return { by, call: 'close', fd: `fd${i % 8}` };
      }
    });
    const parsed = parseScenario(
      makeScenario({
        title: '',
        about: '',
        design,
        options: {},
        world,
        calls,
        schedule,
        beats: [],
        expect: undefined,
      }),
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    return parsed.scenario;
  };

  it.each(DESIGNS.map(({ id }) => id))(
    'ends in %s after at most one run of each step of its calls',
    (design) => {
      for (const schedule of ['sequential', { random: 1 }, { random: 77 }] as const) {
        const scenario = scenarioOf(design, schedule);
        const outcome = runScenario(scenario);
        const stepCount = startScenarioRun(scenario).program.tasks.reduce(
          (sum, task) => sum + task.steps.length,
          0,
        );
        expect(outcome.ok && outcome.trace.steps.length).toBeLessThanOrEqual(stepCount);
        expect(outcome.ok && outcome.trace.steps.length).toBeGreaterThan(LIMITS.calls);
      }
    },
  );

  it('ends with an error if its schedule has more steps', () => {
    const outcome = runScenario(
      scenarioOf(
        'upstream',
        repeat(LIMITS.entries, (i) => `${processes[i % 8] ?? ''}*999999`),
      ),
    );
    expect(outcome).toMatchObject({
      ok: false,
      errors: [{ path: 'schedule[0]', message: expect.stringContaining('of 999999, a') as string }],
    });
  });
});
