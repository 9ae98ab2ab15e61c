import type { Routine, StepSpec } from '../../../kernel/language/design';
import {
  addressOf,
  branch,
  eq,
  fail,
  free,
  live,
  modelLimit,
  ne,
  ret,
  spin,
  staticBranch,
  store,
} from '../../../kernel/language/primitives';
import type { Op } from '../../../kernel/language/primitives';
import type { FileKind } from '../../../kernel/language/world';
import { ID_OF_ANOTHER_IOMMUFD } from './attach';
import { waitForShorttermUses } from './shortterm';
import type { ShorttermUse } from './shortterm';

const CITE = 'drivers/iommu/iommufd/main.c, iommufd_destroy and iommufd_object_remove, v6.6';
const IOAS = 'object/ioas';

const failUnknownId = fail('ENOENT', 'no such object in this iommufd', { at: 'ctx' });

const idOfAnotherIommufd = modelLimit(ID_OF_ANOTHER_IOMMUFD, { at: 'ctx' });

/** Operations on the object if it is an ioas of this iommufd; all others have failed before. */
const ifIoas = (ops: readonly Op[]): readonly Op[] => [
  staticBranch('object-is-ioas', [staticBranch('same-iommufd', ops)]),
];

/** IOMMU_DESTROY; a file of these kinds as the object means its bound device. */
export function iommuDestroy(kinds: readonly FileKind[], shortterm: ShorttermUse): Routine {
  const step = (row: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: `DESTROY.${row}`,
    title,
    ops: ifIoas(ops),
  });
  const waits = shortterm.field !== 'destroy_rwsem';
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
              [
                staticBranch('same-iommufd', [], [idOfAnotherIommufd]),
                branch(live(IOAS), [], [failUnknownId]),
                branch(eq(`${IOAS}.published`, 0), [failUnknownId]),
                branch(ne(`${IOAS}.users`, 1), [
                  fail('EBUSY', 'the object is in use', { at: IOAS }),
                ]),
                store(`${IOAS}.users`, 0),
                store(`${IOAS}.published`, 0),
              ],
              [
                staticBranch({ arg: 'object', kinds }, [], [failUnknownId]),
                branch(live('object/idev'), [], [failUnknownId]),
                branch(eq('object/idev.published', 0), [failUnknownId]),
                branch(eq('object/idev.ictx', addressOf('iommufd/ctx')), [], [idOfAnotherIommufd]),
                fail('EBUSY', 'the driver uses the device', { at: 'object/idev' }),
              ],
            ),
          ),
        ],
      },
      ...(waits
        ? waitForShorttermUses({
            use: shortterm,
            object: IOAS,
            step,
            rows: ['2', '3'],
            onTimeout: [fail('EBUSY', 'an ioctl still uses the object', { at: IOAS })],
            next: 'DESTROY.4',
          })
        : []),
      {
        ...step('4', 'free the object', [free(IOAS)]),
        ops: [...ifIoas([free(IOAS)]), ret()],
      },
    ],
  };
}
