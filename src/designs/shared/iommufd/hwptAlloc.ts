import type { Routine, StepSpec } from '../../../kernel/language/design';
import {
  addressOf,
  alloc,
  branch,
  eq,
  fail,
  fallible,
  free,
  goto,
  live,
  modelLimit,
  mutexLock,
  mutexUnlock,
  ne,
  refDec,
  refInc,
  ret,
  spin,
  staticBranch,
  store,
} from '../../../kernel/language/primitives';
import type { Op, StatePath } from '../../../kernel/language/primitives';
import { ID_OF_ANOTHER_IOMMUFD } from './attach';
import { clearShortterm, endShorttermUse, initShortterm, lockObject } from './shortterm';
import type { ShorttermUse } from './shortterm';

const IDEV = 'bound/idev';
const IOAS = 'ioas/ioas';
const HWPT = 'ioas/hwpt';

/** IOMMU_HWPT_ALLOC on an ioas: a page table for a bound device, which stays until it is destroyed. `noIoas`: the errno of an unknown ioas. */
export function hwptAlloc(shortterm: ShorttermUse, noIoas: 'ENOENT' | 'EINVAL'): Routine {
  const step = (row: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: `HWPT.${row}`,
    title,
    ops: [staticBranch('device-is-bound', [staticBranch('same-iommufd', ops)])],
  });
  const noDevice = fail('ENOENT', 'the device is not bound to this iommufd', { at: 'ctx' });
  const otherId = (to?: string): Op =>
    modelLimit(ID_OF_ANOTHER_IOMMUFD, { at: 'ctx', ...(to === undefined ? {} : { to }) });
  const lookUp = (object: StatePath, missing: readonly Op[]): Op =>
    branch(
      live(object),
      [branch(eq(`${object}.published`, 1), [lockObject(shortterm, object, missing)], missing)],
      missing,
    );
  return {
    name: 'iommufd_hwpt_alloc',
    cite: 'drivers/iommu/iommufd/hw_pagetable.c, iommufd_hwpt_alloc and iommufd_hwpt_paging_alloc, v6.6',
    steps: [
      {
        id: 'HWPT.1',
        title: 'look up the device id and take a reference on the bound device',
        ops: [
          fallible('check', 'EOPNOTSUPP', 'unknown flags', { at: 'ctx' }),
          staticBranch(
            'device-is-bound',
            [
              spin(
                'objects.xa_lock',
                branch(live('device/device'), [
                  branch(ne('device/device.iommufd_device', 0), [
                    branch(ne('device/device.iommufd_device', addressOf(IDEV)), [
                      modelLimit('another fd has bound the device, and the model knows one id', {
                        at: 'ctx',
                      }),
                    ]),
                  ]),
                ]),
                branch(live(IDEV), [
                  branch(ne(`${IDEV}.ictx`, addressOf('iommufd/ctx')), [noDevice]),
                ]),
                lookUp(IDEV, [noDevice]),
              ),
            ],
            [noDevice],
          ),
          staticBranch('same-iommufd', [], [otherId()]),
        ],
      },
      step('2', 'look up the ioas id and take a reference on the ioas', [
        spin(
          'objects.xa_lock',
          lookUp(IOAS, [fail(noIoas, 'no such ioas in this iommufd', { at: 'ctx', to: 'HWPT.8' })]),
        ),
      ]),
      step('3', 'lock the ioas; allocate the object: users = 1, its id reserved', [
        mutexLock(`${IOAS}.mutex`),
        fallible('iommufd_object_alloc', 'ENOMEM', 'no memory or no id', {
          at: IOAS,
          to: 'HWPT.6',
        }),
        alloc(HWPT),
        store(`${HWPT}.users`, 1),
        store(`${HWPT}.auto_domain`, 0),
        ...initShortterm(shortterm, HWPT),
        refInc(`${IOAS}.users`),
      ]),
      step('4', 'allocate the domain and map in it what the ioas maps', [
        fallible('iommu_domain_alloc', 'ENOMEM', 'no domain', { at: IOAS, to: 'HWPT.U4' }),
      ]),
      step('5', 'copy the id to user space, then publish the object', [
        fallible('copy_to_user', 'EFAULT', 'the id cannot be written', {
          at: HWPT,
          to: 'HWPT.U4',
        }),
        spin('objects.xa_lock', store(`${HWPT}.published`, 1)),
      ]),
      step('6', 'unlock the ioas', [mutexUnlock(`${IOAS}.mutex`)]),
      step('7', 'put the ioas', [refDec(`${IOAS}.users`)]),
      step('7b', 'end the short-term use of the ioas', [endShorttermUse(shortterm, IOAS)]),
      step('8', 'put the device', [refDec(`${IDEV}.users`)]),
      {
        ...step('8b', 'end the short-term use of the device: an unbind may go on', []),
        ops: [
          staticBranch('device-is-bound', [
            staticBranch('same-iommufd', [endShorttermUse(shortterm, IDEV)]),
          ]),
          ret(),
        ],
      },
      step('U4', 'undo: destroy the object', [
        refDec(`${IOAS}.users`),
        store(`${HWPT}.users`, 0),
        ...clearShortterm(shortterm, HWPT),
        free(HWPT),
        goto('HWPT.6'),
      ]),
    ],
  };
}
