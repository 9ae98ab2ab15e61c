import { describe, expect, it } from 'vitest';
import { LIBRARY } from '../../scenario/library/library';
import { setPageLayout } from '../actions/pageLayout';
import { seekTo, stepTask } from '../actions/stepping';
import { sessionOf } from '../testing/sessionOf';
import type { AddressBar } from './addressBar';
import { permalinkOf } from './permalink';
import { requestedScenario, shortLinkOf } from './shortLink';
import { sessionFromUrl } from './urlSync';

const address = (query: string): AddressBar => ({
  hash: () => '',
  parameter: (name) => new URLSearchParams(query).get(name) ?? undefined,
  write: () => undefined,
  onChange: () => undefined,
  onLeave: () => undefined,
});

describe('a short link', () => {
  it('opens what the permalink opens, for every scenario and design', () => {
    expect(LIBRARY.length).toBeGreaterThan(30);
    for (const entry of LIBRARY) {
      for (const design of entry.designs) {
        const session = sessionFromUrl(address(`?scenario=${entry.id}&design=${design}`));
        seekTo(session, 3);
        const link = shortLinkOf(session.getState());
        expect(link, `${entry.id} ${design}`).toContain(`scenario=${entry.id}`);
        const again = sessionFromUrl(address(link ?? ''));
        expect(permalinkOf(again.getState())).toBe(permalinkOf(session.getState()));
      }
    }
  });

  it('names design, option and step only if they differ', () => {
    const query = '?scenario=bind-race&design=upstream&option=linux=6.6&step=4';
    const session = sessionFromUrl(address(query));
    expect(session.getState().run.setup.scenario.options).toMatchObject({ linux: '6.6' });
    expect(session.getState().run.cursor).toBe(4);
    const link = shortLinkOf(session.getState());
    expect(link).toBe('?scenario=bind-race&option=linux=6.6&step=4');
    seekTo(session, 0);
    expect(shortLinkOf(session.getState())).toBe('?scenario=bind-race&option=linux=6.6');
  });

  it('is not offered for another run, a selection or a scenario of a file', () => {
    const session = sessionFromUrl(address('?scenario=bind-race'));
    seekTo(session, 2);
    stepTask(session, 'dpdk');
    expect(shortLinkOf(session.getState())).toBeUndefined();
    const selected = sessionFromUrl(address('?scenario=bind-race'));
    selected.setState({ selection: 'vfio_device:vfio0' });
    expect(shortLinkOf(selected.getState())).toBeUndefined();
    const own = sessionOf('bind-race');
    own.setState(({ run }) => ({
      run: { ...run, setup: { ...run.setup, libraryId: undefined } },
    }));
    expect(shortLinkOf(own.getState())).toBeUndefined();
    setPageLayout(session, { view: 'compare' });
    expect(shortLinkOf(session.getState())).toBeUndefined();
  });
});

it('wrong parameters are named, and the rest is used', () => {
  const { run, errors } = requestedScenario(
    address('?scenario=bind-race&design=nope&option=linux&step=x'),
  );
  expect(run?.setup.libraryId).toBe('bind-race');
  expect(errors).toEqual([
    'design: expected one of rfc-opened, parked-shim, parked-split, upstream, got "nope"',
    'option: expected KEY=VALUE,…, got "linux"',
    'step: expected an integer from 0, got "x"',
  ]);
  expect(requestedScenario(address('?scenario=bind-race&option=linux=5.0')).errors[0]).toContain(
    'linux',
  );
});
