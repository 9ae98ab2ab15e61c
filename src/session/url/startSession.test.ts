import { expect, it } from 'vitest';
import { DEFAULT_SCENARIO, DEFAULT_SCENARIO_ID } from '../../scenario/library/defaultScenario';
import { LIBRARY } from '../../scenario/library/library';
import type { AddressBar } from './addressBar';
import { lazyModule } from '../actions/lazyModule';
import { startSession } from './startSession';
import { stepForward } from '../actions/playback';

const fakeAddressBar = (
  hash = '',
  query: Readonly<Record<string, string>> = {},
): AddressBar & { readonly written: string[] } => {
  const written: string[] = [];
  return {
    hash: () => written.at(-1) ?? hash,
    parameter: (name) => query[name],
    write: (next) => void written.push(next),
    onChange: () => undefined,
    onLeave: () => undefined,
    written,
  };
};

it('starts with the default scenario of the library', async () => {
  expect(LIBRARY[0]).toMatchObject({ id: DEFAULT_SCENARIO_ID, scenario: DEFAULT_SCENARIO });
  const { session } = await startSession(fakeAddressBar());
  expect(session.getState().run.setup).toMatchObject({
    libraryId: DEFAULT_SCENARIO_ID,
    scenario: DEFAULT_SCENARIO,
  });
});

it('opens the scenario or the link of the address', async () => {
  const { session } = await startSession(fakeAddressBar('', { scenario: 'hot-unplug' }));
  expect(session.getState().run.setup.libraryId).toBe('hot-unplug');
  const broken = await startSession(fakeAddressBar('#v1.AAAA'));
  expect(broken.session.getState().notifications[0]?.title).toBe('The link was not opened.');
});

it('writes changes to the address that were made before the codec had loaded', async () => {
  const address = fakeAddressBar();
  const { session, startUrlSync: follow } = await startSession(address);
  stepForward(session);
  follow();
  await expect.poll(() => address.written.length, { timeout: 60_000 }).toBe(1);
  const again = await startSession(fakeAddressBar(address.written[0]));
  expect(again.session.getState().run.cursor).toBe(1);
});

it('counts a pending load until the part has loaded', async () => {
  const { session } = await startSession(fakeAddressBar());
  // The page's own part may be loaded already: test files share their modules.
  const part = lazyModule('The designs', () => import('../actions/switchDesign'));
  const done = new Promise<void>((resolve) =>
    part.whenLoaded(session, ({ switchDesign }) => {
      switchDesign(session, 'rfc-opened');
      resolve();
    }),
  );
  expect(session.getState().pendingLoads).toBe(1);
  await done;
  await expect.poll(() => session.getState().pendingLoads).toBe(0);
  expect(session.getState().run.setup.design.id).toBe('rfc-opened');
});

it('acts in order, also for what is asked while the first waits', async () => {
  const { session } = await startSession(fakeAddressBar());
  const part = lazyModule('A part', async () => 'part');
  const acts: number[] = [];
  part.whenLoaded(session, () => acts.push(1));
  part.whenLoaded(session, () => acts.push(2));
  await part.load();
  part.whenLoaded(session, () => acts.push(3));
  await expect.poll(() => acts).toEqual([1, 2, 3]);
});
