import type { Routine, StepSpec } from '../../../kernel/language/design';
import {
  branch,
  comment,
  eq,
  fail,
  fallible,
  live,
  ne,
  NULL,
  refDec,
  ret,
  spin,
  staticBranch,
  store,
  withPointer,
} from '../../../kernel/language/primitives';
import type { Op, StatePath } from '../../../kernel/language/primitives';
import { endShorttermUse, lockObject } from './shortterm';
import type { ShorttermUse } from './shortterm';

/** Every map and unmap uses the same range of IOVAs: mapped or not is all that the model keeps. */
const IOAS_C = 'drivers/iommu/iommufd/ioas.c';
const IO_PAGETABLE_C = 'drivers/iommu/iommufd/io_pagetable.c';

/** iopt_map_pages or iopt_unmap_iova, under the locks of the I/O page table; an error continues at `to`. */
function changeMapping(map: boolean, ioas: StatePath, to: string): readonly Op[] {
  return map
    ? [
        branch(ne(`${ioas}.mapped`, 0), [
          fail('EEXIST', 'the range is already mapped', { at: ioas, to }),
        ]),
        fallible('pin_user_pages', 'ENOMEM', 'the memory cannot be pinned', { at: ioas, to }),
        store(`${ioas}.mapped`, 1),
      ]
    : [
        branch(eq(`${ioas}.mapped`, 0), [
          fail('ENOENT', 'nothing is mapped in the range', { at: ioas, to }),
        ]),
        store(`${ioas}.mapped`, 0),
      ];
}

const title = (map: boolean): string =>
  map ? 'map the memory in every page table of the ioas' : 'unmap the range in every page table';

/** IOMMU_IOAS_MAP with a fixed IOVA, and IOMMU_IOAS_UNMAP. */
function mapRoutine(shortterm: ShorttermUse, map: boolean): Routine {
  const id = (row: number): string => `${map ? 'IOMAP' : 'IOUNMAP'}.${row}`;
  const missing = [fail('ENOENT', 'no such ioas in this iommufd', { at: 'ctx' })];
  return {
    name: map ? 'iommufd_ioas_map' : 'iommufd_ioas_unmap',
    cite: `${IOAS_C}, ${map ? 'iommufd_ioas_map' : 'iommufd_ioas_unmap'}, v6.6`,
    steps: [
      {
        id: id(1),
        title: 'look up the ioas and take a reference on it',
        ops: [
          fallible('check', 'EOPNOTSUPP', 'unknown flags', { at: 'ctx' }),
          spin(
            'objects.xa_lock',
            staticBranch(
              'same-iommufd',
              [
                branch(
                  live('ioas/ioas'),
                  [
                    branch(
                      eq('ioas/ioas.published', 1),
                      [lockObject(shortterm, 'ioas/ioas', missing)],
                      missing,
                    ),
                  ],
                  missing,
                ),
              ],
              missing,
            ),
          ),
        ],
      },
      {
        id: id(2),
        title: title(map),
        cite: `${IO_PAGETABLE_C}, ${map ? 'iopt_map_user_pages' : 'iopt_unmap_iova'}, v6.6`,
        ops: [staticBranch('same-iommufd', changeMapping(map, 'ioas/ioas', id(3)))],
      },
      {
        id: id(3),
        title: 'put the ioas',
        ops: [staticBranch('same-iommufd', [refDec('ioas/ioas.users')])],
      },
      {
        id: id(4),
        title: 'end the short-term use: a destroyer may go on',
        ops: [staticBranch('same-iommufd', [endShorttermUse(shortterm, 'ioas/ioas')]), ret()],
      },
    ],
  };
}

export const ioasMap = (shortterm: ShorttermUse): Routine => mapRoutine(shortterm, true);
export const ioasUnmap = (shortterm: ShorttermUse): Routine => mapRoutine(shortterm, false);

/** VFIO_IOMMU_MAP_DMA and UNMAP_DMA on an iommufd used as a container: its compat ioas. */
function mapCompat(shortterm: ShorttermUse, map: boolean): Routine {
  const id = (row: string): string => `${map ? 'MAP' : 'UNMAP'}.${row}`;
  const compat = (ops: readonly Op[]): readonly Op[] => [
    withPointer('ctx.vfio_ioas', 'compat', ops),
  ];
  const missing = [fail('ENODEV', 'there is no compat ioas', { at: 'ctx' })];
  const step = (row: string, text: string, ops: readonly Op[]): StepSpec => ({
    id: id(row),
    title: text,
    ops,
  });
  return {
    name: map ? 'iommufd_vfio_map_dma' : 'iommufd_vfio_unmap_dma',
    cite: `drivers/iommu/iommufd/vfio_compat.c, ${map ? 'iommufd_vfio_map_dma' : 'iommufd_vfio_unmap_dma'}, v6.6`,
    steps: [
      step('C1', 'copy the argument from user space', [
        fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'ctx' }),
      ]),
      step('C2', 'take a reference on the compat ioas', [
        spin(
          'objects.xa_lock',
          branch(
            eq('ctx.vfio_ioas', NULL),
            missing,
            compat([lockObject(shortterm, 'compat', missing)]),
          ),
        ),
      ]),
      step('C3', title(map), compat(changeMapping(map, 'compat', id('C4')))),
      step('C4', 'put the ioas', compat([refDec('compat.users')])),
      step('C5', 'end the short-term use', [
        ...compat([endShorttermUse(shortterm, 'compat')]),
        ret(),
      ]),
    ],
  };
}

export const mapCompatDma = (shortterm: ShorttermUse): Routine => mapCompat(shortterm, true);
export const unmapCompatDma = (shortterm: ShorttermUse): Routine => mapCompat(shortterm, false);

/** VFIO_IOMMU_MAP_DMA and UNMAP_DMA of a container with a type1 driver; which ranges are mapped is not modelled. */
function mapType1(map: boolean, version: string): Routine {
  const id = `${map ? 'MAP' : 'UNMAP'}.1`;
  return {
    name: map ? 'vfio_dma_do_map' : 'vfio_dma_do_unmap',
    cite: `drivers/vfio/vfio_iommu_type1.c, ${map ? 'vfio_dma_do_map' : 'vfio_dma_do_unmap'}, ${version}`,
    steps: [
      {
        id,
        title: map
          ? 'pass on to the type1 driver: map the memory for every group of the container'
          : 'pass on to the type1 driver: unmap the range; success if nothing is mapped',
        confidence: 'MEM',
        ops: [
          branch(eq('container.iommu_driver', 0), [
            fail('EINVAL', 'SET_IOMMU has not been called', { at: 'container' }),
          ]),
          ...(map
            ? [
                fallible('pin_user_pages', 'ENOMEM', 'the memory cannot be pinned', {
                  at: 'container',
                }),
                comment('map in the domains of the container'),
              ]
            : [comment('unmap from the domains of the container')]),
          ret(),
        ],
      },
    ],
  };
}

/** The two calls on a container, by the version of vfio. */
export const type1Map = (version: string): Routine => mapType1(true, version);
export const type1Unmap = (version: string): Routine => mapType1(false, version);
