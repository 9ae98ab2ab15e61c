import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { dispatch } from '../actions/dispatch';
import { present } from '../actions/presentation';
import { runCall, seekTo } from '../actions/stepping';
import { sessionOf } from '../testing/sessionOf';
import { currentSnapshot } from '../trace/replay';
import { notesUrl, syncWindows, type NotesChannel } from './notesWindow';

registerDesigns(DESIGNS);

/** Channels that deliver to each other at once, as windows of one page do later. */
function connectedChannels(): readonly [NotesChannel, NotesChannel] {
  const targets = [new EventTarget(), new EventTarget()];
  const channel = (own: number): NotesChannel =>
    ({
      postMessage: (data: unknown) =>
        targets[1 - own]?.dispatchEvent(new MessageEvent('message', { data })),
      addEventListener: targets[own]?.addEventListener.bind(targets[own]),
      removeEventListener: targets[own]?.removeEventListener.bind(targets[own]),
    }) as NotesChannel;
  return [channel(0), channel(1)];
}

it('keeps two windows at the same step, whichever of them moves', () => {
  const [room, notes] = [sessionOf('bind-race'), sessionOf('bind-race')];
  present(room, true);
  present(notes, true);
  seekTo(room, 12);
  const [a, b] = connectedChannels();
  let connections = 0;
  syncWindows(room, a);
  const stop = syncWindows(notes, b, () => (connections += 1));
  expect(notes.getState().run.cursor).toBe(12);
  dispatch(room, 'present-step');
  expect(notes.getState().run.cursor).toBe(13);
  const { run } = room.getState();
  dispatch(notes, 'present-step');
  expect(room.getState().run.cursor).toBe(14);
  // The branch is the same object, so that the stage animates the step.
  expect(room.getState().run.branches).toBe(run.branches);
  dispatch(notes, 'present-black');
  expect(room.getState().presentation.screen).toBe('black');
  expect(connections).toBe(1);
  stop();
  dispatch(room, 'present-step');
  expect(notes.getState().run.cursor).toBe(14);
});

it('follows another branch', () => {
  const [room, notes] = [sessionOf('bind-race'), sessionOf('bind-race')];
  const [a, b] = connectedChannels();
  syncWindows(room, a);
  syncWindows(notes, b);
  runCall(room, { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd9' });
  expect(currentSnapshot(notes.getState()).program.calls.map(({ call }) => call.as)).toEqual([
    'fd9',
  ]);
});

it('ignores what another version posts', () => {
  const session = sessionOf('bind-race');
  const [a, port] = connectedChannels();
  syncWindows(session, a);
  const { run } = session.getState();
  for (const data of [null, 'x', { kind: 'state' }, { kind: 'state', link: '#v1.x', cursor: 1 }])
    port.postMessage(data);
  expect(session.getState().run).toBe(run);
});

it('gives another device a short link to the notes of a built-in scenario', () => {
  const session = sessionOf('bind-race');
  seekTo(session, 57);
  const page = { location: { href: 'https://example.org/vfio/?scenario=cdev-path#v1.x' } };
  expect(notesUrl(page as Window, session.getState())).toBe(
    'https://example.org/vfio/?scenario=bind-race&step=57&notes=',
  );
  expect(notesUrl(page as Window, session.getState(), 'abc')).toMatch(/\?notes=abc#v1\./);
});
