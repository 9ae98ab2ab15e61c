import type { CallBody, Routine, StepSpec } from '../../kernel/language/design';
import { alloc, driverOp, fail, fallible, fget, fput, ret } from '../../kernel/language/primitives';

const CITE = 'mm/mmap.c, v6.6, mmap_region';

/**
 * mmap(2). The mapping takes its file reference before the handler of the file runs. `check`: the steps of the handler
 * that decide whether calls reach the driver; they fail to `onError`. Other files have no mmap handler.
 */
export function mmapBody(cite: string, check: (onError: string) => readonly StepSpec[]): CallBody {
  const mapDevice: Routine = {
    name: 'mmap_region',
    cite: CITE,
    steps: [
      {
        id: 'MMAP.1',
        title: 'allocate the mapping and take a reference on the file',
        confidence: 'MEM',
        ops: [fallible('vm_area_alloc', 'ENOMEM', 'no memory'), fget('file')],
      },
      ...check('MMAP.U1'),
      {
        id: 'MMAP.2',
        title: 'run the mmap op of the driver; the mapping keeps its reference',
        cite,
        confidence: 'MEM',
        ops: [
          fallible('mmap', 'EINVAL', 'the driver cannot map the region', {
            at: 'file',
            to: 'MMAP.U1',
          }),
          driverOp('mmap', { file: 'file' }),
          alloc('vma'),
          ret(),
        ],
      },
      {
        id: 'MMAP.U1',
        title: 'undo: drop the reference',
        confidence: 'MEM',
        ops: [fput('file'), ret()],
      },
    ],
  };
  return {
    byKind: { cdev: mapDevice, device: mapDevice },
    other: {
      name: 'do_mmap',
      cite: 'mm/mmap.c, v6.6, do_mmap',
      steps: [
        {
          id: 'MMAP.1',
          title: 'the file has no mmap handler',
          confidence: 'MEM',
          ops: [fail('ENODEV', 'the file has no mmap handler', { at: 'file' })],
        },
      ],
    },
  };
}
