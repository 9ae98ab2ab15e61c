import type { Routine, StepSpec } from '../../../kernel/language/design';
import {
  addressOf,
  branch,
  eq,
  fail,
  free,
  live,
  modelLimit,
  mutexLock,
  mutexUnlock,
  ne,
  refDec,
  ret,
  spin,
  staticBranch,
  store,
} from '../../../kernel/language/primitives';
import type { Op, StatePath } from '../../../kernel/language/primitives';
import type { FileKind } from '../../../kernel/language/world';
import { ID_OF_ANOTHER_IOMMUFD } from './attach';
import { waitForShorttermUses } from './shortterm';
import type { ShorttermUse } from './shortterm';

const CITE = 'drivers/iommu/iommufd/main.c, iommufd_destroy and iommufd_object_remove, v6.6';
const IOAS = 'object/ioas';

const failUnknownId = fail('ENOENT', 'no such object in this iommufd', { at: 'ctx' });

const idOfAnotherIommufd = modelLimit(ID_OF_ANOTHER_IOMMUFD, { at: 'ctx' });

const HWPT = 'object/hwpt';

/** IOMMU_DESTROY; a file of these kinds as the object means its bound device. `hwptAlloc`: the object may be a page table. */
export function iommuDestroy(
  kinds: readonly FileKind[],
  shortterm: ShorttermUse,
  hwptAlloc = false,
): Routine {
  /** Operations on an object of this iommufd; of all others the first step has failed. */
  const ofObject = (ioas: readonly Op[], hwpt: readonly Op[]): readonly Op[] => [
    staticBranch('same-iommufd', [
      staticBranch('object-is-ioas', ioas, hwptAlloc ? [staticBranch('object-is-hwpt', hwpt)] : []),
    ]),
  ];
  const remove = (object: StatePath): readonly Op[] => [
    staticBranch('same-iommufd', [], [idOfAnotherIommufd]),
    branch(live(object), [], [failUnknownId]),
    branch(eq(`${object}.published`, 0), [failUnknownId]),
    branch(ne(`${object}.users`, 1), [fail('EBUSY', 'the object is in use', { at: object })]),
    store(`${object}.users`, 0),
    store(`${object}.published`, 0),
  ];
  const device: readonly Op[] = [
    staticBranch({ arg: 'object', kinds }, [], [failUnknownId]),
    branch(live('object/idev'), [], [failUnknownId]),
    branch(eq('object/idev.published', 0), [failUnknownId]),
    branch(eq('object/idev.ictx', addressOf('iommufd/ctx')), [], [idOfAnotherIommufd]),
    fail('EBUSY', 'the driver uses the device', { at: 'object/idev' }),
  ];
  const waitsFor = (object: StatePath): readonly StepSpec[] =>
    shortterm.field === 'destroy_rwsem'
      ? []
      : waitForShorttermUses({
          use: shortterm,
          object,
          step: (row, title, ops) => ({ id: `DESTROY.${row}`, title, ops }),
          rows: ['2', '3'],
          onTimeout: [fail('EBUSY', 'an ioctl still uses the object', { at: object })],
          next: 'DESTROY.4',
        });
  const waits = waitsFor(HWPT);
  return {
    name: 'iommufd_destroy',
    cite: CITE,
    steps: [
      {
        id: 'DESTROY.1',
        title: 'remove the object from the context if it is not in use',
        ops: [
          spin(
            'objects.xa_lock',
            staticBranch(
              'object-is-ioas',
              remove(IOAS),
              hwptAlloc ? [staticBranch('object-is-hwpt', remove(HWPT), device)] : device,
            ),
          ),
        ],
      },
      ...waitsFor(IOAS).map((step, i) => ({ ...step, ops: ofObject(step.ops, waits[i]!.ops) })),
      {
        id: 'DESTROY.4',
        title: hwptAlloc ? 'free the object; a page table puts its ioas' : 'free the object',
        ops: [
          ...ofObject(
            [free(IOAS)],
            [
              mutexLock('object/ioas.mutex'),
              refDec('object/ioas.users'),
              mutexUnlock('object/ioas.mutex'),
              free(HWPT),
            ],
          ),
          ret(),
        ],
      },
    ],
  };
}
