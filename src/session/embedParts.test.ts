import { expect, it, vi } from 'vitest';
import type * as Registry from '../designs/registry';
import { DESIGN_NAMES } from '../designs/names';
import type * as BuiltIns from '../scenario/builtIn';
import type { Address } from './address';
import type * as Parts from './embedParts';

/** The parts as a page has them that has just been opened. */
async function fresh() {
  vi.resetModules();
  const { designById } = (await import('../designs/registry')) as typeof Registry;
  const { builtIn } = (await import('../scenario/builtIn')) as typeof BuiltIns;
  const parts = (await import('./embedParts')) as typeof Parts;
  const designs = (): readonly string[] =>
    Object.values(DESIGN_NAMES)
      .map(({ id }) => id)
      .filter((id) => designById(id));
  return { ...parts, designs, builtIn };
}

const addressAt = (hash: string, scenario?: string): Address => ({
  hash: () => hash,
  parameter: (name) => (name === 'scenario' ? scenario : undefined),
  write: () => undefined,
  onChange: () => undefined,
  onLeave: () => undefined,
});

it('loads one scenario and its design, and nothing twice', async () => {
  const { loadFor, designs, builtIn } = await fresh();
  await loadFor({ scenario: 'open-before-bind' });
  expect(designs()).toEqual(['rfc-opened']);
  expect(builtIn('open-before-bind')?.scenario.design).toBe('rfc-opened');
  expect(builtIn('hot-unplug')).toBeUndefined();
  expect(loadFor({ scenario: 'open-before-bind' })).toBeUndefined();
  for (const scenario of ['', 'nope', '__proto__', '../first', 'hot-unplug.scenario.json#'])
    expect(loadFor({ scenario })).toBeUndefined();
});

it('loads what a link is about, also where its scenario is not told in its design', async () => {
  await import('../designs/index');
  const { makeLink } = await import('../scenario/link');
  const { linkOf } = await import('../scenario/linkOf');
  const { runScenario } = await import('../scenario/schedule');
  const { redesign } = await import('../scenario/redesign');
  const { libraryEntry } = await import('../scenario/library');
  const { scenario } = libraryEntry('kvm-failed-bind') ?? expect.fail();
  const moved = redesign(scenario, 'parked-shim', {});
  if (!moved.ok) throw new Error('kvm-failed-bind cannot be moved');
  const outcome = runScenario(moved.scenario);
  if (!outcome.ok) throw new Error('kvm-failed-bind does not run');
  const link = makeLink({ ...linkOf(outcome.trace), scenario: 'kvm-failed-bind' });
  const { loadForAddress, designs } = await fresh();
  await loadForAddress(addressAt(link));
  expect(designs()).toEqual(['parked-shim', 'upstream']);
  const { sessionAt } = await import('./permalinkAddress');
  expect(sessionAt(addressAt(link)).getState()).toMatchObject({
    messages: [],
    run: { setup: { id: 'kvm-failed-bind', design: { id: 'parked-shim' } } },
  });
});

it("loads every design for a file, and the first scenario's where nothing can be shown", async () => {
  const { loadFor, designs } = await fresh();
  await loadFor({ file: '{}' });
  expect(designs()).toHaveLength(4);
  for (const [hash, scenario] of [
    ['', undefined],
    ['', 'nope'],
    ['#v1.nonsense', undefined],
  ] as const) {
    const page = await fresh();
    await page.loadForAddress(addressAt(hash, scenario));
    expect(page.designs()).toEqual(['upstream']);
    const { sessionAt } = await import('./permalinkAddress');
    expect(sessionAt(addressAt(hash, scenario)).getState().run.setup.id).toBe('cdev-path');
  }
});
