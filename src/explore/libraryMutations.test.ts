import { describe, expect, it } from 'vitest';
import { designById } from '../designs/designs';
import { withRelease, withSteps } from '../designs/testing/changeSteps';
import { compile } from '../kernel/compiler/compile';
import { mutate } from '../kernel/compiler/mutate';
import { mutexLock, mutexUnlock } from '../kernel/language/primitives';
import { parseMutation } from '../kernel/language/mutation';
import type { PropertyId } from '../kernel/language/propertyId';
import type { Call, World } from '../kernel/language/world';
import {
  initialState,
  makeEventBuffer,
  nextStep,
  readEvents,
  step,
} from '../kernel/machine/machine';
import { PropertyMonitor } from '../scenario/run/propertyMonitor';
import { libraryEntry } from '../scenario/library/library';
import { runCheck } from './check';
import type { CheckResult } from './checkResult';

/** Checks a library scenario in its first design with one step removed. */
function checkWithout(id: string, step: string): CheckResult {
  const scenario = libraryEntry(id)?.variants.find((v) => step.startsWith(`${v.design}/`));
  const design = scenario && designById(scenario.design);
  const mutation = parseMutation('without', step);
  if (!scenario || !design || !mutation) throw new Error(`no scenario ${id} or step ${step}`);
  const changed = mutate(design, scenario.options, [mutation]);
  if (!changed.ok) throw new Error(changed.message);
  const program = compile(changed.design, scenario.options, scenario.world, scenario.calls);
  return runCheck(program, { outcomes: false });
}

const violation = (result: CheckResult, id: PropertyId): string | undefined =>
  result.properties.find((p) => p.id === id)?.witness?.text;

describe('memory', () => {
  it.each(['hot-unplug', 'open-races-unregister', 'unregister-starved'])(
    'notices in %s a device that is freed on the list of its group',
    (id) => {
      expect(violation(checkWithout(id, 'upstream/unregister_device/UNREG.1'), 'memory')).toMatch(
        /frees vfio\d while group->device_list still leads to it/,
      );
    },
  );

  it.each([
    ['upstream/unregister_device/UNREG.6:REL.1', 'dev_set->device_list'],
    ['upstream/unregister_device/UNREG.6:REL.3', 'vfio.device_ida'],
  ])('notices a device that is freed without %s', (step, structure) => {
    expect(violation(checkWithout('hot-unplug', step), 'memory')).toContain(
      `frees vfio0 while ${structure} still leads to it`,
    );
  });
});

const world: World = {
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '12' },
  ],
  processes: ['qemu', 'dpdk'],
};
const upstream = designById('upstream')!;

function checkCalls(
  calls: readonly Call[],
  without?: string,
  design = upstream,
  inWorld = world,
): CheckResult {
  const mutation = without === undefined ? undefined : parseMutation('without', without);
  const changed = mutate(design, {}, mutation ? [mutation] : []);
  if (!changed.ok) throw new Error(changed.message);
  return runCheck(compile(changed.design, {}, inWorld, calls), { outcomes: false });
}

describe('memory in a lookup for another device', () => {
  const violationsOf = (steps: readonly string[]): readonly string[] => {
    const changed = mutate(
      upstream,
      {},
      steps.map((step) => ({ kind: 'without', step })),
    );
    if (!changed.ok) throw new Error(changed.message);
    const program = compile(changed.design, {}, world, [
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'qemu', call: 'open_group', group: '12', as: 'group1' },
      { by: 'qemu', call: 'get_device_fd', fd: 'group1', device: 'vfio1', as: 'fd1' },
    ]);
    const state = initialState(program);
    const monitor = new PropertyMonitor(program);
    const events = makeEventBuffer();
    const texts: string[] = [];
    for (const name of ['driver', 'qemu']) {
      const task = program.tasks.find((t) => t.name === name)!;
      for (let now = nextStep(program, state, task.index); now;) {
        monitor.before(state, task.index);
        step(program, state, task.index, events);
        for (const v of monitor.after(state, task.index, now, readEvents(program, events)))
          texts.push(v.text);
        now = nextStep(program, state, task.index);
      }
    }
    return texts;
  };

  it('is violated if the lookup meets a freed device of the group', () => {
    expect(violationsOf([])).toEqual([]);
    expect(violationsOf(['upstream/unregister_device/UNREG.1'])).toContain(
      'qemu looks through group->device_list and meets vfio0, which is freed (modified design)',
    );
  });
});

describe('unregister-live', () => {
  const calls: readonly Call[] = [
    { by: 'qemu', call: 'open_group', group: '12', as: 'group1' },
    { by: 'qemu', call: 'open_container', as: 'container1' },
    { by: 'driver', call: 'unregister_device', device: 'vfio0' },
  ];

  it('is not excused in v6.6 by an open group file or container', () => {
    expect(violation(checkCalls(calls), 'unregister-live')).toBeUndefined();
    expect(
      violation(
        checkCalls(calls, 'upstream/unregister_device/UNREG.3#complete'),
        'unregister-live',
      ),
    ).toBe(
      "driver's unregister_device of vfio0 can never return, although every file that it may wait for is closed (modified design)",
    );
  });

  it('is excused by an open file of the device', () => {
    expect(
      violation(
        checkCalls([
          { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
          { by: 'driver', call: 'unregister_device', device: 'vfio0' },
        ]),
        'unregister-live',
      ),
    ).toBeUndefined();
  });
});

describe('kvm-ref', () => {
  it('is violated by a failed bind on a device that the group path opened', () => {
    const result = checkCalls([
      { by: 'qemu', call: 'open_iommufd', as: 'iommufd1' },
      { by: 'qemu', call: 'open_group', group: '12', as: 'group1' },
      { by: 'qemu', call: 'set_container', fd: 'group1', container: 'iommufd1' },
      { by: 'qemu', call: 'get_device_fd', fd: 'group1', device: 'vfio0', as: 'fd1' },
      { by: 'qemu', call: 'close', fd: 'group1' },
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
      { by: 'qemu', call: 'kvm_add', fd: 'fd2', kvm: 'vm2' },
      { by: 'qemu', call: 'bind_iommufd', fd: 'fd2', iommufd: 'iommufd1' },
    ]);
    expect(violation(result, 'kvm-ref')).toBe(
      "fd1 (qemu) owns vfio0, but the device's kvm is not the one of fd1 (reported 2024-06-28 with a trace)",
    );
  });
});

describe('no-deadlock', () => {
  const calls: readonly Call[] = [
    { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
    { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    { by: 'qemu', call: 'close', fd: 'fd1' },
  ];

  it('follows a completion to the file that keeps it and the task that must release it', () => {
    // vfio_pci_core_disable (drivers/vfio/pci/vfio_pci_core.c, v6.6) takes the lock with pci_dev_trylock to prevent this.
    const locking = withRelease(upstream, 'cdev', (steps) => [
      { id: 'CLOSE.0', title: 'lock the bus device', ops: [mutexLock('parent.mutex')] },
      { id: 'CLOSE.0b', title: 'unlock the bus device', ops: [mutexUnlock('parent.mutex')] },
      ...steps,
    ]);
    expect(violation(checkCalls(calls, undefined, locking), 'no-deadlock')).toMatch(
      /^deadlock: (driver waits for qemu waits for driver|qemu waits for driver waits for qemu)/,
    );
  });

  it('follows a completion to the file that only a VM keeps, and to the process of the VM', () => {
    const locking = withSteps(upstream, 'open_cdev', (steps) => [
      { id: 'OPEN.0', title: 'lock the bus device', ops: [mutexLock('parent.mutex')] },
      { id: 'OPEN.0b', title: 'unlock the bus device', ops: [mutexUnlock('parent.mutex')] },
      ...steps,
    ]);
    const held: readonly Call[] = [
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
      { by: 'qemu', call: 'kvm_add', fd: 'fd1', kvm: 'vm1' },
      { by: 'qemu', call: 'close', fd: 'fd1' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
      { by: 'qemu', call: 'vm_exit', kvm: 'vm1' },
    ];
    expect(violation(checkCalls(held, undefined, locking), 'no-deadlock')).toMatch(/^deadlock: /);
    expect(violation(checkCalls(held), 'no-deadlock')).toBeUndefined();
  });

  it('holds if the user who is waited for can close', () => {
    expect(violation(checkCalls(calls), 'no-deadlock')).toBeUndefined();
  });
});

describe('a removed step is noticed', () => {
  it.each([
    [
      'vm-holds-group',
      'vm_exit/VMEXIT.2',
      'counters',
      'vm1.users_count is 1, but nothing holds it',
    ],
    [
      'vm-outlives-process',
      'process_exit/EXIT.2',
      'unregister-live',
      'can never return, although every file that it may wait for is closed',
    ],
    [
      'close-detaches',
      'release_cdev/CLOSE.3:IUNBIND.2',
      'no-deadlock',
      'close waits for a completion that no task is left to signal',
    ],
    ['vm-holds-group', 'kvm_add/KVM.1', 'clean-unwind', 'kvm_add succeeded but changed nothing'],
    ['map-memory', 'ioas_map/IOMAP.2', 'clean-unwind', 'ioas_map succeeded but changed nothing'],
    ['rebind', 'register_device/REG.10b', 'id-unique', 'is registered, but it has no node in /dev'],
    [
      'sibling-detach',
      'release_cdev/CLOSE.3:IDETACH.1b',
      'dma-owner',
      'is not the domain that the owner and the page table of the group ask for',
    ],
    ['calls-before-bind', 'hot_reset/GATE.1', 'no-ops-before-bind', 'before its bind is complete'],
    ['close-detaches', 'release_cdev/CLOSE.3', 'counters', 'vfio0.driver_open is 1'],
  ] as const)('in %s: %s', (id, step, property, text) => {
    expect(violation(checkWithout(id, `upstream/${step}`), property)).toContain(text);
  });
});

describe('the second bind of a device', () => {
  const reaches = /reaches vfio0 for iommufd. ctx, and fd. \(.*\) for iommufd. ctx/;

  it.each(['first-race', 'bind-race'])(
    'gets access in %s without the check of open_count, as only the first open claims the DMA',
    (id) => {
      const result = checkWithout(id, 'upstream/bind_iommufd/BIND.9');
      expect(violation(result, 'owner-exclusive')).toMatch(reaches);
      expect(violation(result, 'single-bind')).toContain('both cdev files of vfio0');
    },
  );

  it('gets access in first-race without the lock of the reset set', () => {
    const result = checkWithout('first-race', 'upstream/bind_iommufd/BIND.6#mutexLock');
    expect(violation(result, 'owner-exclusive')).toMatch(reaches);
  });

  it('is refused in double-bind without the check of open_count: the fd is the same', () => {
    const result = checkWithout('double-bind', 'upstream/bind_iommufd/BIND.9');
    expect(result.properties.filter(({ status }) => status === 'violated')).toEqual([]);
  });

  it('gives access in double-bind without the lock before the first bind has claimed the DMA', () => {
    const result = checkWithout('double-bind', 'upstream/bind_iommufd/BIND.6#mutexLock');
    expect(violation(result, 'dma-owner')).toBeDefined();
    expect(violation(result, 'counters')).toBeDefined();
  });
});

describe('a check of the kernel that another step makes always true', () => {
  it('refuses the bind without an iommufd, and warns', () => {
    const result = checkWithout('cdev-path', 'upstream/bind_iommufd/BIND.7');
    expect(violation(result, 'warnings')).toContain('the group has no container');
  });

  it('refuses the attach of a device without iommufd_device, and warns', () => {
    const result = checkWithout('cdev-path', 'upstream/bind_iommufd/BIND.12');
    expect(violation(result, 'warnings')).toContain('the device is not bound');
  });

  it('leaves the count of a kernel driver as it is if user space does not own the DMA', () => {
    const result = checkCalls(
      [
        { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
        { by: 'qemu', call: 'open_iommufd', as: 'iommufd1' },
        { by: 'driver', call: 'probe_driver', device: 'nic0' },
        { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'iommufd1' },
        { by: 'qemu', call: 'close', fd: 'fd1' },
      ],
      'upstream/bind_iommufd/BIND.12:IBIND.4',
      upstream,
      { ...world, devices: [world.devices[0]!, { name: 'nic0', group: '12', registered: false }] },
    );
    expect(violation(result, 'warnings')).toContain('the group has no owner');
    // The probe counts after the bind too: a count that the close had cleared would be missing.
    expect(violation(result, 'counters')).not.toContain('is 0, but it is held by nic0');
  });
});
