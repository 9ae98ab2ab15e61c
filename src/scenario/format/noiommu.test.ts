import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { parseScenario } from './parseScenario';

registerDesigns(DESIGNS);

it('a device without an IOMMU is alone in its group, and an error in a design that does not model it', () => {
  const file = (design: string, devices: readonly object[]) =>
    parseScenario(
      JSON.stringify({
        format: 'vfio-playground/scenario@1',
        title: 'A device without an IOMMU',
        design,
        world: { devices, processes: ['qemu'] },
        calls: [{ by: 'qemu', call: 'open_container', as: 'c' }],
      }),
    );
  const noiommu = { name: 'vfio0', group: '12', noiommu: true };
  expect(file('upstream', [noiommu]).ok).toBe(true);
  expect(file('upstream', [noiommu, { name: 'vfio1', group: '12' }])).toMatchObject({
    errors: [{ path: 'world.devices[0].group' }],
  });
  expect(file('parked-shim', [noiommu])).toMatchObject({
    errors: [{ path: 'world.devices[0].noiommu' }],
  });
});
