import { describe, expect, it } from 'vitest';
import { designById } from '../designs/designs';
import { runCheck } from './check';
import { compile } from '../kernel/compiler/compile';
import { makeScenario } from '../scenario/format/makeScenario';
import { inputErrorText, parseScenario } from '../scenario/format/parseScenario';
import type { Scenario } from '../scenario/format/scenario';
import { makeLink } from '../scenario/link/link';
import { linkOfTrace } from '../scenario/link/linkOfTrace';
import { openLink } from '../scenario/link/openLink';
import { runScenario } from '../scenario/run/runScenario';

/** dpdk opens the group, which only one file may have open; `after` is that call's. */
const file = (after?: readonly string[]): object => ({
  format: 'vfio-playground/scenario@1',
  title: 'One opens a group after another has closed it',
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk'] },
  calls: [
    { by: 'dpdk', call: 'open_group', group: '12', as: 'g2', ...(after ? { after } : {}) },
    { by: 'qemu', call: 'open_group', group: '12', as: 'g1' },
    { by: 'qemu', call: 'close', fd: 'g1' },
  ],
});

function scenarioOf(after?: readonly string[]): Scenario {
  const parsed = parseScenario(file(after));
  if (!parsed.ok) throw new Error(inputErrorText(parsed.errors));
  return parsed.scenario;
}

function outcomesOf({ design, options, world, calls }: Scenario): readonly string[] {
  const found = designById(design) ?? expect.fail(design);
  return runCheck(compile(found, options, world, calls)).outcomes.map((o) =>
    o.calls.map((c) => c.result).join(' '),
  );
}

describe('after', () => {
  it('orders calls in every interleaving', () => {
    expect(outcomesOf(scenarioOf())).toEqual(
      expect.arrayContaining(['-EBUSY ok ok', 'ok -EBUSY skipped', 'ok ok ok']),
    );
    expect(outcomesOf(scenarioOf(['qemu:2']))).toEqual(['ok ok ok']);
    // A call that failed has ended too.
    expect(outcomesOf(scenarioOf(['g1']))).toEqual(
      expect.arrayContaining(['-EBUSY ok ok', 'ok ok ok']),
    );
  });

  it('orders calls in sequential and random runs, and refuses another schedule', () => {
    const scenario = scenarioOf(['qemu:2']);
    for (const schedule of ['sequential', { random: 1 }, { random: 2 }] as const) {
      const outcome = runScenario(scenario, { schedule });
      if (!outcome.ok) throw new Error(inputErrorText(outcome.errors));
      expect(outcome.trace.steps.at(-1)?.step.call).toBe(0);
    }
    const refused = runScenario(scenario, { schedule: ['dpdk'] });
    expect(refused.ok ? '' : inputErrorText(refused.errors)).toBe(
      'schedule[0]: expected a task that can run (qemu), got "dpdk": dpdk waits for the end of qemu\'s close',
    );
  });

  it('is kept by files and links', () => {
    const scenario = scenarioOf(['g1', 'qemu:2']);
    expect(parseScenario(makeScenario(scenario))).toEqual({ ok: true, scenario });
    const outcome = runScenario(scenario);
    const opened = openLink(makeLink(linkOfTrace(outcome.ok ? outcome.trace : expect.fail())));
    expect(opened.ok && opened.trace.scenario.calls).toEqual(scenario.calls);
  });

  it.each([
    [
      ['dpdk:1'],
      'calls[0].after[0]: expected a call of another task or an earlier call of dpdk, got "dpdk:1"',
    ],
    [['qemu:3'], 'got "qemu:3" (did you mean "qemu:2"?)'],
    [[], 'calls[0].after: expected at least one call, got an array of 0'],
    [['*'], 'calls[0].after[0]: expected the name of a result, or TASK:N'],
  ] as const)('%j is an error', (after, message) => {
    const parsed = parseScenario(file(after));
    expect(parsed.ok ? '' : inputErrorText(parsed.errors)).toContain(message);
  });

  it('may not wait for itself', () => {
    const parsed = parseScenario({
      ...file(['qemu:1']),
      calls: [
        { by: 'dpdk', call: 'open_group', group: '12', as: 'g2', after: ['qemu:1'] },
        { by: 'qemu', call: 'open_group', group: '12', as: 'g1', after: ['g2'] },
      ],
    });
    expect(parsed.ok ? '' : inputErrorText(parsed.errors)).toBe(
      'calls[0]: expected a call whose arguments and "after" do not wait for its own end, got an object',
    );
  });
});
