import { expect, it } from 'vitest';
import { parseScenario } from '../format/parseScenario';
import type { Scenario } from '../format/scenario';
import { LIBRARY } from '../library/library';
import { runScenario } from './runScenario';

function scenarioOf(fault: string, design = 'upstream'): Scenario {
  const parsed = parseScenario({
    format: 'vfio-playground/scenario@1',
    title: 'The second bind of a file',
    design,
    world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu'] },
    calls: [
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd' },
      { by: 'qemu', call: 'open_iommufd', as: 'ictx' },
      { by: 'qemu', call: 'bind_iommufd', fd: 'fd', iommufd: 'ictx' },
      { by: 'qemu', call: 'bind_iommufd', fd: 'fd', iommufd: 'ictx', fault },
    ],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.scenario;
}

function unreached(scenario: Scenario): readonly unknown[] {
  const outcome = runScenario(scenario);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.errors));
  return outcome.unreachedFaults;
}

it('reports a fault that the run did not reach, with its place', () => {
  expect(unreached(scenarioOf('BIND.13'))).toEqual([
    {
      path: 'calls[3].fault',
      message:
        'expected a step that bind_iommufd of qemu reaches in this run, got "BIND.13", which never failed',
    },
  ]);
});

it('reports nothing for a fault that happened, also one without an errno', () => {
  expect(unreached(scenarioOf('BIND.2'))).toEqual([]);
  expect(unreached(scenarioOf('BIND.4c', 'rfc-opened'))).toHaveLength(1);
});

it('is silent for every scenario of the library', () => {
  for (const entry of LIBRARY)
    for (const variant of entry.variants)
      expect([entry.id, variant.design, variant.options, unreached(variant)]).toEqual([
        entry.id,
        variant.design,
        variant.options,
        [],
      ]);
});
