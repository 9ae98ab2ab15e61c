import { describe, expect, it } from 'vitest';
import { design as parkedShim } from '../../designs/parked-shim/design';
import { registerDesigns } from '../../designs/registry';
import { makeScenario } from './makeScenario';
import { inputErrorText, parseScenario } from './parseScenario';

registerDesigns([parkedShim]);

const file = (second: object): unknown => ({
  format: 'vfio-playground/scenario@1',
  title: 'twins',
  design: 'parked-shim',
  world: {
    devices: [
      { name: 'vfio0', group: '12', devName: '0000:01:00.0' },
      { name: 'vfio1', group: '13', ...second },
    ],
    processes: ['qemu'],
  },
  calls: [],
});

describe('devName', () => {
  it('is kept, and dropped if it equals the name', () => {
    const parsed = parseScenario(file({ devName: 'vfio1' }));
    if (!parsed.ok) throw new Error(inputErrorText(parsed.errors));
    expect(parsed.scenario.world.devices.map((d) => d.devName)).toEqual([
      '0000:01:00.0',
      undefined,
    ]);
    expect(parseScenario(makeScenario(parsed.scenario))).toEqual(parsed);
  });

  it('may equal that of a device that is not registered initially', () => {
    expect(parseScenario(file({ devName: '0000:01:00.0', registered: false })).ok).toBe(true);
    const refused = parseScenario(file({ devName: '0000:01:00.0' }));
    expect(refused.ok ? '' : inputErrorText(refused.errors)).toBe(
      'world.devices[1].devName: expected a name that no other initially registered device has, got "0000:01:00.0" (vfio0 has it; "registered": false registers this one later)',
    );
  });
});
