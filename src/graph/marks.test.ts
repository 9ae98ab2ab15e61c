import { describe, expect, it } from 'vitest';
import { initialState, step } from '../kernel/machine';
import { tasksInCircle } from './marks';
import { testProgram } from './testDesign';
import { toGraph } from './toGraph';

const program = testProgram([
  { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd1' }, { by: 'a', call: 'open_iommufd', as: 'i1' }, { by: 'a', call: 'bind_iommufd', fd: 'fd1', iommufd: 'i1' },
  { by: 'b', call: 'open_cdev', device: 'vfio1', as: 'fd2' }, { by: 'b', call: 'open_iommufd', as: 'i2' }, { by: 'b', call: 'bind_iommufd', fd: 'fd2', iommufd: 'i2' },
]);

/** Both stand before the lock of their device, which the named tasks hold. */
function before(owners: Readonly<Record<string, string>>): Int32Array {
  const state = initialState(program);
  const index = (name: string): number => program.tasks.findIndex(task => task.name === name);
  for (const name of ['a', 'a', 'a', 'b', 'b', 'b']) step(program, state, index(name));
  for (const [device, owner] of Object.entries(owners)) {
    const lock = program.objects.find(slot => slot.name === device)?.fields['lock'] ?? expect.fail(device);
    state[lock] = index(owner) + 1;
  }
  return state;
}

const names = (state: Int32Array): readonly (string | undefined)[] => [...tasksInCircle(program, state)].map(task => program.tasks[task]?.name);

describe('a circle of waits', () => {
  it('is two tasks that hold what the other waits for', () => {
    expect(names(before({ vfio0: 'b', vfio1: 'a' }))).toEqual(['a', 'b']);
  });

  it('is one task that waits for what it holds', () => {
    expect(names(before({ vfio0: 'a' }))).toEqual(['a']);
  });

  it('is not a task that waits for one that can go on', () => {
    expect(names(before({ vfio0: 'b' }))).toEqual([]);
  });

  it('is drawn as a circle: every edge leads on to the next', () => {
    const edges = toGraph(program, before({ vfio0: 'b', vfio1: 'a' })).edges.filter(edge => edge.circle);
    expect(edges.map(edge => `${edge.source} ${edge.style} ${edge.target}`)).toEqual([
      'process:a wait vfio_device:vfio0', 'vfio_device:vfio0 hold process:b', 'process:b wait vfio_device:vfio1', 'vfio_device:vfio1 hold process:a',
    ]);
  });
});
