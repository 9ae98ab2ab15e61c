import type { StepSpec } from '../../../kernel/language/design';
import {
  allOf,
  alloc,
  decrement,
  eq,
  fail,
  fallible,
  forEach,
  free,
  goto,
  increment,
  listAdd,
  listDel,
  live,
  modelLimit,
  mutexLock,
  mutexUnlock,
  ne,
  notOf,
  NULL,
  addressOf,
  refDec,
  refInc,
  spin,
  staticBranch,
  store,
  branch,
  warnOn,
  withPointer,
} from '../../../kernel/language/primitives';
import type { Op, StatePath } from '../../../kernel/language/primitives';
import { DOMAIN } from '../iommuGroup';
import { endShorttermUse, lockObject } from './shortterm';
import type { ShorttermUse } from './shortterm';

const ATTACH_CITE =
  'drivers/iommu/iommufd/device.c, iommufd_device_attach and iommufd_device_replace, v6.6';
const DETACH_CITE = 'drivers/iommu/iommufd/device.c, iommufd_device_detach, v6.6';

/** Ids are numbers: one iommufd can give a number to another object than the iommufd where the scenario got it. */
export const ID_OF_ANOTHER_IOMMUFD =
  'the id is from another iommufd, and the model does not know which object has the number here';

/** How steps reach the address space: the argument or bound name to put before `/ioas` and '/hwpt', and what binds that name. */
export interface IoasRef {
  readonly name: string;
  readonly wrap: (ops: readonly Op[]) => readonly Op[];
}

/** The compat ioas of the context that a pointer points to. */
export function compatIoasAt(ctx: StatePath): IoasRef {
  return { name: 'compat', wrap: (ops) => [withPointer(`${ctx}.vfio_ioas`, 'compat', ops)] };
}

/** Parameters of the attach steps. */
export interface AttachParameters {
  readonly shortterm: ShorttermUse;
  /** v7.0: a device reset blocks changes of the group's domain. */
  readonly resetBlocksGroup?: boolean | undefined;
  /** v6.15: replace checks that the device is attached. */
  readonly replaceChecksAttached?: boolean | undefined;
  /** 'ATTACH.4'; a letter follows. */
  readonly stepId: string;
  readonly ioas: IoasRef;
  /** Path of the iommufd_device, or of a pointer to it. */
  readonly idev: StatePath;
  /** The VFIO device's flag; an attach of an attached device replaces the page table. */
  readonly attachedFlag: StatePath;
  /** The VFIO device's pointer to its iommufd_device; default `iommufd_device`. */
  readonly devicePointer?: string | undefined;
  /** The design has hwpt_alloc. */
  readonly hwptAlloc?: boolean | undefined;
  /** The call may name a page table of hwpt_alloc in the place of an ioas. */
  readonly hwptArgument?: boolean | undefined;
  readonly onError: string;
  readonly next: string;
}

/** Attaches the device to the automatic page table of an ioas, or replaces its current one. */
export function attachDevice(e: AttachParameters): readonly StepSpec[] {
  const id = (letter: string): string => `${e.stepId}${letter}`;
  const ioas = `${e.ioas.name}/ioas`;
  const hwpt = `${e.ioas.name}/hwpt`;
  const { idev, shortterm } = e;
  const step = (letter: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: id(letter),
    title,
    cite: ATTACH_CITE,
    ops: e.ioas.wrap(ops),
  });
  const missing = [
    fail('ENOENT', 'no such object in this iommufd', { at: `${idev}.ictx`, to: e.onError }),
  ];
  const lookUp = (object: StatePath): Op =>
    branch(
      live(object),
      [branch(eq(`${object}.published`, 1), [lockObject(shortterm, object, missing)], missing)],
      missing,
    );
  /** What differs if the call names a page table: that one is looked up and put, and the ioas is not locked. */
  const ifHwpt = (then: readonly Op[], otherwise: readonly Op[]): readonly Op[] =>
    e.hwptArgument ? [staticBranch('attaches-hwpt', then, otherwise)] : otherwise;
  const checkReservedRegions = fallible(
    'iopt_table_enforce_dev_resv_regions',
    'EADDRINUSE',
    'a reserved region is mapped',
    { at: ioas, to: id('x'), before: [mutexUnlock(`${idev}.igroup.lock`)] },
  );
  return [
    step('a', 'look up the id and take a reference on the object', [
      spin(
        'objects.xa_lock',
        branch(ne(`${idev}.ictx`, addressOf(`${e.ioas.name}/ctx`)), [
          modelLimit(ID_OF_ANOTHER_IOMMUFD, { at: `${idev}.ictx`, to: e.onError }),
        ]),
        ...ifHwpt([lookUp(hwpt)], [lookUp(ioas)]),
      ),
      ...ifHwpt([goto(id('c'))], []),
    ]),
    step('b', 'find or create the automatic page table of the ioas', [
      mutexLock(`${ioas}.mutex`),
      fallible('iommu_domain_alloc', 'ENOMEM', 'no domain', { at: ioas, to: id('y') }),
      branch(notOf(live(hwpt)), [
        alloc(hwpt),
        store(`${hwpt}.users`, 1),
        ...(e.hwptAlloc ? [store(`${hwpt}.auto_domain`, 1)] : []),
        refInc(`${ioas}.users`),
      ]),
    ]),
    step('c', 'check the page table of the group', [
      mutexLock(`${idev}.igroup.lock`),
      branch(
        eq(e.attachedFlag, 0),
        [
          branch(
            eq(`${idev}.igroup.hwpt`, NULL),
            [],
            [
              branch(ne(`${idev}.igroup.hwpt`, addressOf(hwpt)), [
                mutexUnlock(`${idev}.igroup.lock`),
                fail('EINVAL', 'the group is attached to another page table', {
                  at: `${idev}.igroup`,
                  to: id('x'),
                }),
              ]),
            ],
          ),
          checkReservedRegions,
          branch(ne(`${idev}.igroup.device_list`, 0), [goto(id('e'))]),
        ],
        [
          ...(e.replaceChecksAttached
            ? [
                branch(eq(`${idev}.group_item`, 0), [
                  mutexUnlock(`${idev}.igroup.lock`),
                  fail('EINVAL', 'the device is not attached (check since v6.15)', {
                    at: `${idev}.igroup`,
                    to: id('x'),
                  }),
                ]),
              ]
            : []),
          branch(eq(`${idev}.igroup.hwpt`, addressOf(hwpt)), [goto(id('f'))]),
          // Of every device of the group, since the ioas changes.
          checkReservedRegions,
          store(`${idev}.old_hwpt`, `${idev}.igroup.hwpt`),
        ],
      ),
    ]),
    step('d', 'attach the IOMMU group to the domain', [
      mutexLock('iommu_group.mutex'),
      ...(e.resetBlocksGroup
        ? [
            branch(ne('iommu_group.resetting_domain', 0), [
              mutexUnlock('iommu_group.mutex'),
              store(`${idev}.old_hwpt`, NULL),
              mutexUnlock(`${idev}.igroup.lock`),
              fail('EBUSY', 'a device of the group is being reset', {
                at: 'iommu_group',
                to: id('x'),
              }),
            ]),
          ]
        : []),
      fallible('iommu_attach_group', 'EINVAL', 'the domain is not compatible with the device', {
        at: 'iommu_group',
        to: id('x'),
        before: [
          mutexUnlock('iommu_group.mutex'),
          store(`${idev}.old_hwpt`, NULL),
          mutexUnlock(`${idev}.igroup.lock`),
        ],
      }),
      store('iommu_group.domain', DOMAIN.attached),
      ...(e.resetBlocksGroup ? [store('iommu_group.domain_of', addressOf(hwpt))] : []),
      mutexUnlock('iommu_group.mutex'),
    ]),
    step('e', 'count the users of the page table', [
      store(`${idev}.igroup.hwpt`, addressOf(hwpt)),
      branch(
        eq(e.attachedFlag, 0),
        [
          refInc(`${hwpt}.users`),
          listAdd(`${idev}.group_item`, 'igroup->device_list'),
          increment(`${idev}.igroup.device_list`),
        ],
        // Every attached device of the group moves to the new table; the old one is put after the locks.
        [
          forEach('idev', 'group', 'sibling', [
            branch(live('sibling'), [
              branch(allOf(eq('sibling.group_item', 1), eq('sibling.igroup', `${idev}.igroup`)), [
                refInc(`${hwpt}.users`),
                refDec(`${idev}.old_hwpt.users`),
              ]),
            ]),
          ]),
          refInc(`${idev}.old_hwpt.users`),
        ],
      ),
    ]),
    step('f', 'unlock the iommufd_group', [mutexUnlock(`${idev}.igroup.lock`)]),
    step(
      'g',
      e.hwptArgument
        ? 'put the page table, or unlock and put the ioas'
        : 'unlock the ioas and drop the reference on it',
      ifHwpt([refDec(`${hwpt}.users`)], [mutexUnlock(`${ioas}.mutex`), refDec(`${ioas}.users`)]),
    ),
    step(
      'g2',
      `end the short-term use of the ${e.hwptArgument ? 'object' : 'ioas'}`,
      ifHwpt([endShorttermUse(shortterm, hwpt)], [endShorttermUse(shortterm, ioas)]),
    ),
    {
      id: id('h'),
      title: 'put the replaced page table',
      cite: ATTACH_CITE,
      ops: [...putOldHwpt(idev, e.hwptAlloc)],
    },
    step('i', 'mark the device as attached', [
      branch(eq(e.attachedFlag, 0), [refInc(`${idev}.users`), store(e.attachedFlag, 1)]),
      goto(e.next),
    ]),
    step(
      'x',
      'undo: destroy an unused automatic page table',
      ifHwpt([], [branch(eq(`${hwpt}.users`, 1), destroyHwpt(hwpt))]),
    ),
    step(
      'y',
      `undo: ${e.hwptArgument ? 'put the page table, or unlock and put the ioas' : 'unlock the ioas and drop the reference on it'}`,
      ifHwpt([refDec(`${hwpt}.users`)], [mutexUnlock(`${ioas}.mutex`), refDec(`${ioas}.users`)]),
    ),
    step('y2', `undo: end the short-term use of the ${e.hwptArgument ? 'object' : 'ioas'}`, [
      ...ifHwpt([endShorttermUse(shortterm, hwpt)], [endShorttermUse(shortterm, ioas)]),
      goto(e.onError),
    ]),
  ];
}

/** Parameters of the detach steps. */
export interface DetachParameters {
  /** v7.0: a device reset blocks changes of the group's domain, and a detach cannot fail. */
  readonly resetBlocksGroup?: boolean | undefined;
  /** The design has hwpt_alloc. */
  readonly hwptAlloc?: boolean | undefined;
  /** `DETACH.4:` */
  readonly prefix: string;
  readonly idev: StatePath;
  readonly next: string;
}

/** IDETACH: detaches the device from the page table of its group. */
export function detachDevice(e: DetachParameters): readonly StepSpec[] {
  const id = (row: string): string => `${e.prefix}IDETACH.${row}`;
  const { idev } = e;
  const step = (row: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: id(row),
    title,
    cite: DETACH_CITE,
    ops,
  });
  return [
    step('1a', 'remove the device from the list of the group', [
      mutexLock(`${idev}.igroup.lock`),
      store(`${idev}.old_hwpt`, `${idev}.igroup.hwpt`),
      listDel(`${idev}.group_item`, 'igroup->device_list'),
      decrement(`${idev}.igroup.device_list`),
      branch(ne(`${idev}.igroup.device_list`, 0), [goto(id('1c'))]),
    ]),
    e.resetBlocksGroup
      ? {
          ...step('1b', 'the last device: detach the IOMMU group, unless a reset blocks it', [
            mutexLock('iommu_group.mutex'),
            warnOn(ne('iommu_group.resetting_domain', 0), 'a reset blocks the detach'),
            branch(eq('iommu_group.resetting_domain', 0), [
              store('iommu_group.domain', DOMAIN.blocking),
              store('iommu_group.domain_of', NULL),
            ]),
            store(`${idev}.igroup.hwpt`, NULL),
            mutexUnlock('iommu_group.mutex'),
          ]),
          cite: `drivers/iommu/iommu.c, __iommu_group_set_domain_nofail, v7.0 to v7.0.9`,
        }
      : step('1b', 'the last device: detach the IOMMU group', [
          mutexLock('iommu_group.mutex'),
          store('iommu_group.domain', DOMAIN.blocking),
          store(`${idev}.igroup.hwpt`, NULL),
          mutexUnlock('iommu_group.mutex'),
        ]),
    step('1c', 'unlock the iommufd_group', [mutexUnlock(`${idev}.igroup.lock`)]),
    step('2', 'put the page table; the last user destroys an automatic one', [
      ...putOldHwpt(idev, e.hwptAlloc),
    ]),
    step('3', 'drop the use by the attachment', [refDec(`${idev}.users`), goto(e.next)]),
  ];
}

/** Puts the page table saved in `old_hwpt`; the last user destroys it under the ioas mutex, in one atomic action. */
function putOldHwpt(idev: StatePath, hwptAlloc: boolean | undefined): readonly Op[] {
  const isLastUser = eq('old.users', 2);
  return [
    branch(ne(`${idev}.old_hwpt`, NULL), [
      withPointer(`${idev}.old_hwpt`, 'old', [
        branch(
          hwptAlloc ? allOf(isLastUser, eq('old.auto_domain', 1)) : isLastUser,
          [
            mutexLock('old.ioas.mutex'),
            refDec('old.users'),
            ...putHwptReferences('old'),
            mutexUnlock('old.ioas.mutex'),
            free('old'),
          ],
          [refDec('old.users')],
        ),
        store(`${idev}.old_hwpt`, NULL),
      ]),
    ]),
  ];
}

function destroyHwpt(hwpt: StatePath): readonly Op[] {
  return [...putHwptReferences(hwpt), free(hwpt)];
}

/** Everything except freeing: the ioas is reached through it afterwards. */
function putHwptReferences(hwpt: StatePath): readonly Op[] {
  return [store(`${hwpt}.users`, 0), refDec(`${hwpt}.ioas.users`)];
}
