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

it('plays a schedule of a dropped trace that the design explains', () => {
  for (const text of [kernelFtrace(trace, 'report'), ftraceExport.make(trace)]) {
    const session = sessionOf('bind-race');
    openScenarioText(session, 'trace.txt', text);
    const { run, notifications } = session.getState();
    expect(notifications.map(({ title }) => title)).toEqual(['The design explains trace.txt.']);
    expect(currentBranch(run).tip.depth).toBeGreaterThan(40);
    expect(run.setup.scenario.calls.map(({ call }) => call).toSorted()).toEqual(
      trace.scenario.calls.map(({ call }) => call).toSorted(),
    );
  }
});

it('shows the accepted part of another trace, and why the next event is impossible', () => {
  const session = sessionOf('bind-race');
  const text = kernelFtrace(trace, 'trace').replace('-> 0xfffffffffffffff0', '-> 0x0');
  openScenarioText(session, 'trace.txt', text);
  const { run, notifications } = session.getState();
  expect(notifications[0]?.title).toMatch(/^trace\.txt leaves the model at line \d+\.$/);
  expect(notifications[0]?.lines[0]).toContain('-EBUSY is expected at BIND.4');
  expect(run.cursor).toBe(currentBranch(run).tip.depth);
  expect(run.cursor).toBeGreaterThan(10);
});

it('changes nothing for a damaged trace', () => {
  const session = sessionOf('bind-race');
  const { run } = session.getState();
  openScenarioText(session, 'trace.txt', `${kernelFtrace(trace, 'trace')}torn`);
  expect(session.getState().run).toBe(run);
  expect(session.getState().notifications[0]?.lines[0]).toMatch(/^line \d+: expected an event/);
});
