import { describe, expect, it } from 'vitest';
import type { Design } from '../kernel/language/design';
import type { Call, World } from '../kernel/language/world';
import { isEnabled, nextStep, step } from '../kernel/machine/machine';
import { DESIGNS } from './designs';
import { exploreInterleavings, startTestRun } from './testing/testRun';
import type { TestRun } from './testing/testRun';

const WORLD: World = { devices: [{ name: 'vfio0', group: '12' }], processes: ['a', 'b'] };
const BOUND: readonly Call[] = [
  { by: 'a', call: 'open_iommufd', as: 'i1' },
  { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
  { by: 'a', call: 'bind_iommufd', fd: 'fd1', iommufd: 'i1' },
];
const MAP: Call = { by: 'a', call: 'mmap', fd: 'fd1' };
const UNMAP: Call = { by: 'a', call: 'munmap', fd: 'fd1' };
const CLOSE: Call = { by: 'a', call: 'close', fd: 'fd1' };
const EXIT: Call = { by: 'a', call: 'process_exit' };

/** Runs `calls` in file order; `all` are those of the scenario. */
const inOrder = (design: Design, calls: readonly Call[], world = WORLD, all = calls): TestRun =>
  startTestRun(design, {}, world, all).runCalls(...calls.keys());

/** Names of the struct files and mappings that are live. */
const pinned = ({ program, state }: TestRun): readonly string[] =>
  program.objects
    .filter((o) => ['file', 'vm_area_struct'].includes(o.type) && state[o.lifetime!] === 1)
    .map((o) => o.name);

/** The steps of the last call, by id; those of a release callback by its routine, once. */
function stepsOfLastCall(design: Design, calls: readonly Call[]): readonly string[] {
  const d = inOrder(design, calls.slice(0, -1), WORLD, calls);
  const task = d.program.calls.at(-1)!.task;
  const ids: string[] = [];
  while (isEnabled(d.program, d.state, task)) {
    const { id, name } = nextStep(d.program, d.state, task)!;
    const routine = name.split('/')[1]!;
    const entry = routine.startsWith('release_') ? routine : id;
    if (entry === id || ids.at(-1) !== entry) ids.push(entry);
    step(d.program, d.state, task);
  }
  return ids;
}

describe.each(DESIGNS)('a mapping in $id', (design) => {
  // In the RFC, release callbacks may run before the bind and report its known defects.
  const expectClean = (d: TestRun): void => {
    if (design.id !== 'rfc-opened') expect([...d.violations]).toEqual([]);
  };

  it('keeps the file after its fd is closed, until munmap', () => {
    const mapped = inOrder(design, [...BOUND, MAP, CLOSE]);
    expect(mapped.results()).toEqual([0, 0, 0, 0, 0]);
    expect(pinned(mapped)).toEqual(['i1', 'fd1', 'fd1 vma']);
    expectClean(mapped);
    const unmapped = inOrder(design, [...BOUND, MAP, CLOSE, UNMAP]);
    expect(pinned(unmapped)).toEqual(['i1']);
    expectClean(unmapped);
  });

  it('keeps the file until exit, and no longer', () => {
    const d = inOrder(design, [...BOUND, MAP, CLOSE, EXIT]);
    expect(pinned(d)).toEqual([]);
    expectClean(d);
  });

  it('is refused before the bind, and leaves no reference', () => {
    const d = inOrder(design, [BOUND[1]!, MAP, { by: 'a', call: 'mmap', fd: 'fd1' }, CLOSE]);
    expect(d.results().slice(1, 3)).toEqual(
      Array(2).fill(design.id === 'rfc-opened' ? 'ENODEV' : 'EINVAL'),
    );
    expect(pinned(d)).toEqual([]);
    expectClean(d);
  });

  it('is refused for a file without an mmap handler', () => {
    const d = inOrder(design, [BOUND[0]!, { by: 'a', call: 'mmap', fd: 'i1' }]);
    expect(d.results()).toEqual([0, 'ENODEV']);
  });
});

describe.each(DESIGNS)('the exit of a process in $id', (design) => {
  it('drops the mappings, then the fds in ascending order, then runs the releases', () => {
    const ids = stepsOfLastCall(design, [...BOUND, MAP, EXIT]);
    const vm = design.id === 'upstream' ? ['EXIT.2:VMEXIT.1'] : [];
    expect(ids).toEqual([
      'EXIT.1',
      'EXIT.2',
      'EXIT.2',
      'EXIT.2',
      ...vm,
      'EXIT.3',
      'release_cdev',
      'release_iommufd',
    ]);
  });

  it('only drops its reference on a file that another process has', () => {
    const calls: readonly Call[] = [
      ...BOUND,
      { by: 'a', call: 'pass_fd', fd: 'fd1', to: 'b', as: 'fd2' },
      EXIT,
      { by: 'b', call: 'device_io', fd: 'fd2' },
      { by: 'b', call: 'close', fd: 'fd2' },
    ];
    const shared = inOrder(design, calls.slice(0, -1));
    expect(shared.results()).toEqual([0, 0, 0, 0, 0, 0]);
    expect(pinned(shared)).toContain('fd1');
    expect(pinned(inOrder(design, calls))).toEqual([]);
  });

  it('waits for the last call of each other thread, whatever it returns', () => {
    const d = startTestRun(design, {}, WORLD, [
      ...BOUND.slice(1, 2),
      EXIT,
      { by: 'a/2', call: 'open_iommufd', as: 'i1' },
      { by: 'a/2', call: 'bind_iommufd', fd: 'i1', iommufd: 'i1' },
      { by: 'b', call: 'open_iommufd', as: 'i2' },
      { by: 'b', call: 'pass_fd', fd: 'i2', to: 'a', as: 'i3' },
    ]);
    d.runCalls(0, 1, 2);
    expect(d.results()[1]).toBe('waiting');
    d.runCalls(3, 1);
    expect(d.results()[1]).toBe('waiting');
    d.runCalls(4, 5, 1);
    expect([d.results()[1], pinned(d)]).toEqual([0, ['i2']]);
  });

  it('releases a shared file once, after its last user', () => {
    const found = exploreInterleavings(design, {}, WORLD, [
      BOUND[1]!,
      { by: 'a', call: 'pass_fd', fd: 'fd1', to: 'b', as: 'fd2' },
      EXIT,
      { by: 'b', call: 'process_exit' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ]);
    expect(found.outcomes.filter((o) => o.includes('running'))).toEqual([]);
    if (design.id !== 'rfc-opened') expect([...found.violations]).toEqual([]);
  });
});
