import { describe, expect, it } from 'vitest';
import { LIBRARY } from '../../scenario/library/library';
import { openLink } from '../../scenario/link/openLink';
import type { Trace } from '../../scenario/run/trace';
import { runCall, seekTo } from '../actions/stepping';
import type { Session } from '../store/session';
import { permalinkOf } from '../url/permalink';
import { currentTraceNode } from './replay';
import { traceForExport } from './traceForExport';
import { sessionOf } from '../testing/sessionOf';

/** What every export reads of a trace. */
function contents({ scenario, schedule, steps, program }: Trace): unknown {
  return {
    scenario,
    schedule,
    design: program.design.id,
    steps: steps.map(({ step, texts, violations }) => ({ at: step.name, texts, violations })),
  };
}

function traceOfSession(session: Session): Trace {
  return traceForExport(currentTraceNode(session.getState()));
}

function traceOfLink(session: Session): Trace {
  const opened = openLink(permalinkOf(session.getState()));
  if (!opened.ok) throw new Error(opened.message);
  return opened.trace;
}

describe('the trace for an export', () => {
  it.each(LIBRARY.map(({ id }) => id))('equals the trace that the link of %s opens', (id) => {
    const session = sessionOf(id);
    seekTo(session, 1_000);
    expect(contents(traceOfSession(session))).toEqual(contents(traceOfLink(session)));
  });

  it('holds the calls issued by hand and ends at the cursor', () => {
    const session = sessionOf('bind-race');
    seekTo(session, 1_000);
    runCall(session, { by: 'qemu', call: 'open_iommufd', as: 'mine' });
    expect(contents(traceOfSession(session))).toEqual(contents(traceOfLink(session)));
    const whole = traceOfSession(session);
    expect(traceOfSession(session)).toBe(whole);
    seekTo(session, 5);
    expect(traceOfSession(session).schedule).toEqual(whole.schedule.slice(0, 5));
  });
});
