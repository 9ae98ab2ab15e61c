import { expect, it } from 'vitest';
import type { Call } from '../../kernel/language/world';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { runScenario } from './runScenario';

registerDesigns(DESIGNS);

const legacy = (call: Call['call'], args: Partial<Call> = {}): Call => ({
  by: 'legacy',
  call,
  ...args,
});
const status = legacy('group_status', { fd: 'grp1' });
const calls: readonly Call[] = [
  legacy('open_container', { as: 'c1' }),
  legacy('open_group', { group: '12', as: 'grp1' }),
  status,
  { by: 'driver', call: 'probe_driver', device: 'nic0' },
  status,
  { by: 'driver', call: 'remove_driver', device: 'nic0' },
  legacy('set_container', { fd: 'grp1', container: 'c1' }),
  status,
];

it.each(['upstream', 'rfc-opened', 'parked-shim', 'parked-split'])(
  'tells in %s whether the group is viable and in a container',
  (design) => {
    const outcome = runScenario({
      title: '',
      about: '',
      design,
      options: {},
      world: {
        devices: [
          { name: 'vfio0', group: '12' },
          { name: 'nic0', group: '12', registered: false },
        ],
        processes: ['legacy'],
      },
      calls,
      schedule: 'sequential',
      beats: [],
      expect: undefined,
    });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.errors));
    const flags = outcome.trace.steps.flatMap((s) =>
      s.events.flatMap(({ template }) =>
        template.kind === 'say' && template.text.startsWith('status.flags')
          ? [template.text.slice('status.flags = '.length)]
          : [],
      ),
    );
    expect(flags).toEqual(['VIABLE', '0', 'VIABLE | CONTAINER_SET']);
  },
);
