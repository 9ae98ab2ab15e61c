import { describe, expect, it } from 'vitest';
import { withRelease, withSteps } from '../../designs/testing/changeSteps';
import { design as parkedShim } from '../../designs/parked-shim/design';
import { design as parkedSplit } from '../../designs/parked-split/design';
import { compile } from '../../kernel/compiler/compile';
import type { Design, Options, StepSpec } from '../../kernel/language/design';
import { isEnabled, initialState, makeEventBuffer, nextStep } from '../../kernel/machine/machine';
import type { Call, World } from '../../kernel/language/world';
import { runStep } from './scenarioRun';
import { PropertyMonitor } from './propertyMonitor';

const world: World = { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk'] };
const cdevCalls = (by: string, n: number): Call[] => [
  { by, call: 'open_cdev', device: 'vfio0', as: `fd${n}` },
  { by, call: 'open_iommufd', as: `ictx${n}` },
  { by, call: 'bind_iommufd', fd: `fd${n}`, iommufd: `ictx${n}` },
];
const type1Calls: Call[] = [
  { by: 'qemu', call: 'open_container', as: 'c1' },
  { by: 'qemu', call: 'open_group', group: '12', as: 'g' },
  { by: 'qemu', call: 'set_container', fd: 'g', container: 'c1' },
  { by: 'qemu', call: 'set_iommu', fd: 'c1' },
  { by: 'qemu', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd' },
];

/** Runs tasks in turn, each up to the named step or until it cannot run. Returns the violations as `STEP property: text`. */
function reportedViolations(
  design: Design,
  calls: readonly Call[],
  turns: readonly (readonly [task: string, until?: string])[],
  options: Options = {},
  where: World = world,
): string[] {
  const program = compile(design, options, where, calls);
  const scenario = {
    title: '',
    about: '',
    design: design.id,
    options,
    world: where,
    calls,
    schedule: 'sequential',
    beats: [],
    expect: undefined,
  } as const;
  const run = {
    scenario,
    program,
    state: initialState(program),
    steps: [],
    monitor: new PropertyMonitor(program),
    events: makeEventBuffer(),
  };
  const found: string[] = [];
  for (const [name, until] of turns) {
    const task = program.tasks.findIndex((t) => t.name === name);
    while (
      isEnabled(program, run.state, task) &&
      nextStep(program, run.state, task)?.id !== until
    ) {
      const made = runStep(run, task);
      found.push(...made.violations.map((v) => `${made.step.id} ${v.property}: ${v.text}`));
    }
  }
  return found;
}

const withoutOps =
  (id: string) =>
  (steps: readonly StepSpec[]): readonly StepSpec[] =>
    steps.map((s) => (s.id === id ? { ...s, ops: [] } : s));
const swapped =
  (a: string, b: string) =>
  (steps: readonly StepSpec[]): readonly StepSpec[] => {
    const at = (id: string): StepSpec => steps.find((s) => s.id === id)!;
    return steps.map((s) =>
      s.id === a ? { ...at(b), id: a } : s.id === b ? { ...at(a), id: b } : s,
    );
  };

describe('the property monitor', () => {
  it('reports a lock order cycle without a deadlock', () => {
    // The close path takes the lock of the device first, GET_DEVICE_FD that of the group.
    const abba = withRelease(parkedSplit, 'device', swapped('REL.2', 'REL.3'));
    const calls: Call[] = [...type1Calls, { by: 'qemu', call: 'close', fd: 'd' }];
    expect(reportedViolations(parkedSplit, calls, [['qemu']])).toEqual([]);
    expect(reportedViolations(abba, calls, [['qemu']])).toEqual([
      'REL.3 lock-order: lock order cycle: vfio0.lock then group 12.group_lock (qemu, parked-split/release_device/REL.3); ' +
        'group 12.group_lock then vfio0.lock (qemu, parked-split/get_device_fd/GDF.7)',
    ]);
  });

  it('reports the deadlock of a lock order cycle', () => {
    const abba = withRelease(parkedSplit, 'device', swapped('REL.2', 'REL.3'));
    const calls: Call[] = [
      ...type1Calls,
      { by: 'qemu', call: 'close', fd: 'd' },
      { by: 'qemu/2', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd2' },
    ];
    const found = reportedViolations(abba, calls, [
      ['qemu', 'FILE.1'],
      ['qemu', 'REL.3'],
      ['qemu/2', 'GDF.7'],
      ['qemu'],
      ['qemu/2'],
    ]);
    expect(found.at(-1)).toBe('GDF.5b no-deadlock: deadlock: qemu waits for qemu/2 waits for qemu');
  });

  it('reports a lock taken twice and one held at the return to user space', () => {
    const forgotten = withSteps(parkedShim, 'bind_iommufd', (steps) =>
      steps.map((s) =>
        s.id === 'BIND.9' ? { ...s, ops: s.ops.filter((o) => o.kind !== 'mutexUnlock') } : s,
      ),
    );
    expect(
      reportedViolations(
        forgotten,
        [...cdevCalls('qemu', 1), { by: 'qemu', call: 'close', fd: 'fd1' }],
        [['qemu']],
      ),
    ).toEqual([
      'BIND.9 no-lock-at-user: qemu is back in user space and still holds vfio0.lock',
      'REL.1 lock-order: qemu takes vfio0.lock, which it already holds',
      'REL.1 no-deadlock: deadlock: qemu waits for itself',
    ]);
  });

  it('reports what a failed call does not restore', () => {
    const leaky = withSteps(parkedShim, 'bind_iommufd', withoutOps('BIND.5:IBIND.U1'));
    const [open, context, bind] = cdevCalls('qemu', 1);
    expect(
      reportedViolations(
        leaky,
        [open!, context!, { ...bind!, fault: 'BIND.5:IBIND.5' }],
        [['qemu']],
      ),
    ).toEqual([
      'BIND.U0 counters: iommu group 12.owner_cnt is 1, but nothing holds it',
      "BIND.U0 clean-unwind: qemu's bind_iommufd returned -ENOMEM but did not restore iommu group 12.owner (NULL before, ictx1 ctx after), " +
        'iommu group 12.owner_cnt (0 before, 1 after), iommu group 12.domain (default before, blocking after)',
    ]);
  });

  it('reports an open that begins after the withdrawal and delays unregister', () => {
    const calls: Call[] = [
      cdevCalls('qemu', 1)[0]!,
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
      { by: 'qemu', call: 'close', fd: 'fd1' },
      { by: 'dpdk', call: 'close', fd: 'fd2' },
    ];
    const turns = [
      ['qemu', 'FILE.1'],
      ['driver'],
      ['dpdk', 'FILE.1'],
      ['qemu'],
      ['dpdk'],
      ['driver'],
    ] as const;
    expect(reportedViolations(parkedShim, calls, turns)).toEqual([]);
    expect(reportedViolations(parkedShim, calls, turns, { delBeforeWait: 'false' })).toEqual([
      "OPEN.2 unregister-live: dpdk's open_cdev began after driver had withdrawn the registration, and raises vfio0.refcount: unregister can be delayed forever",
    ]);
    // An open that began before the withdrawal is allowed.
    expect(
      reportedViolations(
        parkedShim,
        calls,
        [['qemu', 'FILE.1'], ['dpdk', 'OPEN.2'], ['driver'], ['dpdk']],
        {
          delBeforeWait: 'false',
        },
      ),
    ).toEqual([]);
  });

  it('reports a stale read after a plain store of the fops', () => {
    const buffered: World = { ...world, storeBuffers: true };
    const calls: Call[] = [...cdevCalls('qemu', 1), { by: 'qemu/2', call: 'device_io', fd: 'fd1' }];
    expect(
      reportedViolations(parkedShim, calls, [['qemu', 'BIND.9'], ['qemu/2']], {}, buffered),
    ).toEqual([
      "GATE.1 publication: qemu/2 reads a stale fd1.f_op: the newer value is still in the writer's store buffer (found by reading the mails of 2021, not run)",
    ]);
    // The unlock drains the buffer.
    expect(reportedViolations(parkedShim, calls, [['qemu'], ['qemu/2']], {}, buffered)).toEqual([]);
  });

  it('names both owner contexts and the DMA owner', () => {
    expect(
      reportedViolations(
        parkedSplit,
        [...type1Calls, ...cdevCalls('dpdk', 2)],
        [['qemu'], ['dpdk']],
      ),
    ).toEqual([
      'BIND.5:IBIND.4 dma-owner: d (qemu) reaches vfio0 for c1 container, but the DMA of IOMMU group 12 belongs to ictx2 ctx (asked in the reply of 2021-09-21)',
      'BIND.8 owner-exclusive: d (qemu) reaches vfio0 for c1 container, and fd2 (dpdk) for ictx2 ctx (asked in the reply of 2021-09-21)',
      'BIND.8 path-exclusive: g (qemu) holds group 12 open while fd2 (dpdk) uses vfio0 through its cdev (asked in the reply of 2021-09-21)',
    ]);
  });

  it('reports memory freed under an open file', () => {
    const early = withSteps(parkedShim, 'unregister_device', withoutOps('UNREG.4'));
    const impatient = withSteps(early, 'unregister_device', (steps) =>
      steps.map((s) => (s.id === 'UNREG.2' ? { ...s, ops: [...s.ops, ...s.ops.slice(-1)] } : s)),
    );
    const calls: Call[] = [
      cdevCalls('qemu', 1)[0]!,
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ];
    expect(reportedViolations(impatient, calls, [['qemu'], ['driver']])).toContain(
      'UNREG.6 memory: vfio0 is freed while fd1 (qemu) is open on it',
    );
  });
});
