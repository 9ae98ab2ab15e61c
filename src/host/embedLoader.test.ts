import { expect, it, vi } from 'vitest';
import type * as Registry from '../designs/registry';
import { DESIGN_METAS } from '../designs/catalog';
import type * as BuiltIns from '../scenario/library/builtInScenario';
import type { AddressBar } from '../session/url/addressBar';
import type * as Parts from './embedLoader';

/** The parts as a page has them that has just been opened. */
async function freshModules() {
  vi.resetModules();
  const { designById } = (await import('../designs/registry')) as typeof Registry;
  const { builtInScenario } =
    (await import('../scenario/library/builtInScenario')) as typeof BuiltIns;
  const parts = (await import('./embedLoader')) as typeof Parts;
  const designs = (): readonly string[] =>
    DESIGN_METAS.map(({ id }) => id).filter((id) => designById(id));
  return { ...parts, designs, builtInScenario };
}

const fakeAddressBar = (hash: string, scenario?: string): AddressBar => ({
  hash: () => hash,
  parameter: (name) => (name === 'scenario' ? scenario : undefined),
  write: () => undefined,
  onChange: () => undefined,
  onLeave: () => undefined,
});

it('loads one scenario and its design, and nothing twice', async () => {
  const { loadTarget, designs, builtInScenario } = await freshModules();
  await loadTarget({ scenario: 'open-before-bind' });
  expect(designs()).toEqual(['rfc-opened']);
  expect(builtInScenario('open-before-bind')?.scenario.design).toBe('rfc-opened');
  expect(builtInScenario('hot-unplug')).toBeUndefined();
  expect(loadTarget({ scenario: 'open-before-bind' })).toBeUndefined();
  for (const scenario of ['', 'nope', '__proto__', '../first', 'hot-unplug.json#'])
    expect(loadTarget({ scenario })).toBeUndefined();
});

it('loads what a link is about, also where its scenario is not told in its design', async () => {
  await import('../designs/designs');
  const { makeLink } = await import('../scenario/link/link');
  const { linkOfTrace } = await import('../scenario/link/linkOfTrace');
  const { runScenario } = await import('../scenario/run/runScenario');
  const { portToDesign } = await import('../scenario/format/portToDesign');
  const { libraryEntry } = await import('../scenario/library/library');
  const { scenario } = libraryEntry('kvm-failed-bind') ?? expect.fail();
  const moved = portToDesign(scenario, 'parked-shim', {});
  if (!moved.ok) throw new Error('kvm-failed-bind cannot be moved');
  const outcome = runScenario(moved.scenario);
  if (!outcome.ok) throw new Error('kvm-failed-bind does not run');
  const link = makeLink({ ...linkOfTrace(outcome.trace), scenario: 'kvm-failed-bind' });
  const { loadForAddress, designs } = await freshModules();
  await loadForAddress(fakeAddressBar(link));
  expect(designs()).toEqual(['parked-shim', 'upstream']);
  const { sessionFromUrl } = await import('../session/url/urlSync');
  expect(sessionFromUrl(fakeAddressBar(link)).getState()).toMatchObject({
    notifications: [],
    run: { setup: { libraryId: 'kvm-failed-bind', design: { id: 'parked-shim' } } },
  });
});

it("loads every design for a file, and the first scenario's where nothing can be shown", async () => {
  const { loadTarget, designs } = await freshModules();
  await loadTarget({ file: '{}' });
  expect(designs()).toHaveLength(4);
  for (const [hash, scenario] of [
    ['', undefined],
    ['', 'nope'],
    ['#v1.nonsense', undefined],
  ] as const) {
    const page = await freshModules();
    await page.loadForAddress(fakeAddressBar(hash, scenario));
    expect(page.designs()).toEqual(['upstream']);
    const { sessionFromUrl } = await import('../session/url/urlSync');
    expect(sessionFromUrl(fakeAddressBar(hash, scenario)).getState().run.setup.libraryId).toBe(
      'cdev-path',
    );
  }
});
