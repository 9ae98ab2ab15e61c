import type { StepSpec } from '../../../kernel/language/design';
import {
  alloc,
  eq,
  fallible,
  fget,
  fput,
  free,
  goto,
  live,
  mutexLock,
  mutexUnlock,
  NULL,
  addressOf,
  refDec,
  refInc,
  spin,
  store,
  branch,
  comment,
  warnOn,
  withPointer,
} from '../../../kernel/language/primitives';
import type { Op, StatePath } from '../../../kernel/language/primitives';
import { deviceClaimDmaOwner, deviceReleaseDmaOwner } from '../iommuGroup';
import { endShorttermWait, initShortterm, waitForShorttermUses } from './shortterm';
import type { ShorttermUse } from './shortterm';

const BIND_CITE = 'drivers/iommu/iommufd/device.c, iommufd_device_bind, v6.6';
const UNBIND_CITE = 'drivers/iommu/iommufd/device.c and main.c, iommufd_device_unbind, v6.6';

/** How steps reach the iommufd context: the argument or bound name to put before '/ctx', and what binds that name. */
export interface ContextRef {
  readonly name: string;
  readonly wrap: (ops: readonly Op[]) => readonly Op[];
}

/** The context that a pointer points to. */
export function contextAt(pointer: StatePath): ContextRef {
  return { name: 'ictx', wrap: (ops) => [withPointer(pointer, 'ictx', ops)] };
}

/** Parameters of the bind steps. */
export interface BindParameters {
  readonly shortterm: ShorttermUse;
  /** Prefix of every step id: `BIND.12:`. */
  readonly prefix: string;
  readonly ctx: ContextRef;
  /** The iommufd_device to create. */
  readonly idev: StatePath;
  /** The next step after an error. */
  readonly onError: string;
  /** The next step after success. */
  readonly next: string;
  readonly skipDomainCheck?: boolean | undefined;
}

/** IBIND: creates the iommufd_device and claims the DMA of its group for the context. */
export function bindDevice(e: BindParameters): readonly StepSpec[] {
  const { name } = e.ctx;
  const id = (row: string): string => `${e.prefix}IBIND.${row}`;
  const igroup = `${name}/igroup`;
  const step = (row: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: id(row),
    title,
    cite: BIND_CITE,
    ops: e.ctx.wrap(ops),
  });
  return [
    step('1', 'check that the IOMMU enforces cache coherency', [
      fallible('device_iommu_capable', 'EINVAL', 'no cache coherency', {
        at: 'device',
        to: e.onError,
      }),
    ]),
    step('2', 'find or create the iommufd_group', [
      fallible('iommu_group_get', 'ENODEV', 'the device has no IOMMU group', {
        at: 'device',
        to: e.onError,
      }),
      spin(
        `${name}.groups.xa_lock`,
        branch(
          live(igroup),
          [refInc(`${igroup}.ref`)],
          [
            alloc(igroup),
            store(`${igroup}.ref`, 1),
            store(`${igroup}.hwpt`, NULL),
            store(`${igroup}.device_list`, 0),
          ],
        ),
      ),
    ]),
    step('3', 'check that MSI is isolated', [
      fallible('iommu_group_has_isolated_msi', 'EPERM', 'MSI is not isolated', {
        at: 'iommu_group',
        to: id('U2'),
      }),
    ]),
    {
      ...deviceClaimDmaOwner({
        id: id('4'),
        owner: addressOf(`${name}/ctx`),
        onError: id('U2'),
        skipDomainCheck: e.skipDomainCheck,
        wrap: e.ctx.wrap,
      }),
    },
    step('5', 'allocate the object: users = 1, its id reserved', [
      fallible('iommufd_object_alloc', 'ENOMEM', 'no memory or no id', {
        at: `${name}/ctx`,
        to: id('U1'),
      }),
      alloc(e.idev),
      store(`${e.idev}.users`, 1),
      ...initShortterm(e.shortterm, e.idev),
      store(`${e.idev}.published`, 0),
      store(`${e.idev}.group_item`, 0),
      store(`${e.idev}.old_hwpt`, NULL),
    ]),
    step('6', 'take a reference on the context', [
      fget(`${name}/file`),
      store(`${e.idev}.ictx`, addressOf(`${name}/ctx`)),
    ]),
    step('7', "count the driver's use of the object", [refInc(`${e.idev}.users`)]),
    step('8', 'move the group reference into the object', [
      store(`${e.idev}.igroup`, addressOf(igroup)),
    ]),
    step('9', 'publish the object under its id', [
      spin(`${name}.objects.xa_lock`, store(`${e.idev}.published`, 1)),
      goto(e.next),
    ]),
    deviceReleaseDmaOwner(id('U1')),
    step('U2', 'put the iommufd_group', [...putIommufdGroup(igroup), goto(e.onError)]),
  ];
}

/** Parameters of the unbind steps. */
export interface UnbindParameters {
  readonly shortterm: ShorttermUse;
  readonly prefix: string;
  /** Path of the iommufd_device, or of a pointer to it. */
  readonly idev: StatePath;
  /** Pointer and flag of the VFIO device: 'device.iommufd_device', `device.iommufd_attached`. */
  readonly pointer: StatePath;
  /** Detach steps to run first if the device is attached, and its flag. */
  readonly detach: { readonly flag: StatePath; readonly steps: readonly StepSpec[] } | undefined;
  readonly next: string;
}

/** IUNBIND: removes the iommufd_device from its context and releases the DMA of the group. */
export function unbindDevice(e: UnbindParameters): readonly StepSpec[] {
  const id = (row: string): string => `${e.prefix}IUNBIND.${row}`;
  const { idev, shortterm } = e;
  const step = (row: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: id(row),
    title,
    cite: UNBIND_CITE,
    ops,
  });
  return [
    ...(e.detach
      ? [
          step('1', 'detach first, if attached', [branch(eq(e.detach.flag, 0), [goto(id('2'))])]),
          ...e.detach.steps,
          step('1b', 'clear iommufd_attached', [store(e.detach.flag, 0)]),
        ]
      : []),
    ...waitForShorttermUses({
      use: shortterm,
      object: idev,
      step,
      rows: ['2', '2b'],
      beforeSleep:
        shortterm.field === 'wait_cnt'
          ? [
              {
                ...step('2a', 'pre_destroy: mark the device, so that no vdevice is made for it', [
                  mutexLock(`${idev}.igroup.lock`),
                  store(`${idev}.destroying`, 1),
                  mutexUnlock(`${idev}.igroup.lock`),
                ]),
                cite: 'drivers/iommu/iommufd/device.c, iommufd_device_pre_destroy, v6.18 and later',
              },
            ]
          : [],
      onTimeout: [goto(id('U2'))],
      next: id('3'),
    }),
    step('3', 'remove the object from the context', [
      spin(
        'objects.xa_lock',
        refDec(`${idev}.users`),
        warnOn({ cmp: 'ne', a: `${idev}.users`, b: 1 }, 'the object is still in use'),
        store(`${idev}.users`, 0),
        store(`${idev}.published`, 0),
      ),
      ...endShorttermWait(shortterm, idev),
    ]),
    deviceReleaseDmaOwner(id('4')),
    step('5', 'put the iommufd_group', [
      ...putIommufdGroup(`${idev}.igroup`),
      store(`${idev}.igroup`, NULL),
    ]),
    step('6', 'put the context', [fput(`${idev}.ictx.file`), store(`${idev}.ictx`, NULL)]),
    step('7', 'free the object', [free(idev), store(e.pointer, NULL), goto(e.next)]),
    ...(shortterm.field === 'destroy_rwsem'
      ? []
      : [
          step('U2', 'the wait timed out: leave the object in the table, bound to its context', [
            refInc(`${idev}.${shortterm.field}`),
            refDec(`${idev}.users`),
            comment('WARN: the iommufd object did not become free in time'),
            store(e.pointer, NULL),
            goto(e.next),
          ]),
        ]),
  ];
}

function putIommufdGroup(igroup: StatePath): readonly Op[] {
  return [refDec(`${igroup}.ref`, [free(igroup)])];
}
