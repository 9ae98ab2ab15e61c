import { expect, it } from 'vitest';
import { initialState } from '../../kernel/machine/machine';
import { LIBRARY } from '../../scenario/library/library';
import { startScenarioRun } from '../../scenario/run/scenarioRun';
import { runCheck } from '../check';
import { StateGraph } from './reachability';

it('reaches from the initial state what a check finds', () => {
  for (const { id, scenario } of LIBRARY.slice(0, 12)) {
    const { program } = startScenarioRun(scenario);
    const bindCalls = program.calls.filter(({ call }) => call.call === 'bind_iommufd').slice(0, 15);
    const outcomes = bindCalls.flatMap((call) => [
      { kind: 'success', call } as const,
      { kind: 'refused', call } as const,
    ]);
    const found = runCheck(program, { properties: [] }).outcomes;
    const { reached, complete } = new StateGraph(program, outcomes).reach(
      initialState(program),
      0xffffffff >>> 1,
      50_000,
    );
    if (!complete) continue;
    for (const [bit, { kind, call }] of outcomes.entries()) {
      const shownByCheck = found.some(({ calls }) => {
        const result = calls[call.index]?.result ?? '';
        return kind === 'success' ? result === 'ok' : result.startsWith('-');
      });
      expect((reached & (1 << bit)) !== 0, `${id} ${call.call.by} ${kind}`).toBe(shownByCheck);
    }
  }
});

it('stops at the limit and says so', () => {
  const [entry] = LIBRARY.filter(({ id }) => id === 'bind-race');
  const { program } = startScenarioRun(entry!.scenario);
  const graph = new StateGraph(program, []);
  const start = initialState(program);
  expect(graph.reach(start, 1, 10)).toMatchObject({ complete: false, states: expect.any(Number) });
  expect(graph.reach(start, 1, 1_000_000).complete).toBe(true);
});
