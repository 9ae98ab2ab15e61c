import { expect, it } from 'vitest';
import { ftraceExport } from '../../export/formats/ftrace';
import { libraryEntry } from '../../scenario/library/library';
import { runScenario } from '../../scenario/run/runScenario';
import { kernelFtrace } from '../../scenario/testing/kernelFtrace';
import { currentBranch } from '../trace/run';
import { sessionOf } from '../testing/sessionOf';
import { openScenarioText } from './openScenarioFile';

const outcome = runScenario(libraryEntry('group-first')?.scenario ?? expect.fail('group-first'));
if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
const { trace } = outcome;

it('plays a schedule of a dropped trace that the design explains, and reports what was read', () => {
  for (const text of [kernelFtrace(trace, 'report'), ftraceExport.make(trace)]) {
    const session = sessionOf('bind-race');
    openScenarioText(session, 'trace.txt', text);
    const { run, dialog, traceReport, notifications } = session.getState();
    expect([dialog, notifications]).toEqual(['trace', []]);
    expect(traceReport).toMatchObject({ fileName: 'trace.txt', result: { verdict: 'explained' } });
    expect(currentBranch(run).tip.depth).toBeGreaterThan(40);
    const calls = run.setup.scenario.calls.map(({ call }) => call);
    expect(calls.toSorted()).toEqual(trace.scenario.calls.map(({ call }) => call).toSorted());
    expect(traceReport?.kind === 'read' && traceReport.calls).toHaveLength(calls.length);
  }
});

it('shows the accepted part of another trace, and why the next event is impossible', () => {
  const session = sessionOf('bind-race');
  const text = kernelFtrace(trace, 'trace').replace('-> 0xfffffffffffffff0', '-> 0x0');
  openScenarioText(session, 'trace.txt', text);
  const { run, traceReport } = session.getState();
  if (traceReport?.kind !== 'read') expect.fail('no report');
  expect(traceReport.result.at?.line).toBeGreaterThan(10);
  expect(traceReport.result.why?.[0]?.text).toContain('-EBUSY is expected at BIND.4');
  expect(run.cursor).toBe(currentBranch(run).tip.depth);
  expect(run.cursor).toBeGreaterThan(10);
});

it('changes nothing for a damaged trace, and keeps the reason with its line', () => {
  const session = sessionOf('bind-race');
  const { run } = session.getState();
  openScenarioText(session, 'trace.txt', `${kernelFtrace(trace, 'trace')}torn`);
  const { traceReport, dialog } = session.getState();
  expect([session.getState().run, dialog]).toEqual([run, 'trace']);
  expect(traceReport?.kind === 'refused' && traceReport.errors[0]?.path).toMatch(/^line \d+$/);
});
