import { F_OP } from '../../kernel/language/vfs';
import type { Condition } from '../../kernel/language/primitives';
import { allOf, anyOf, eq, live, lt, ne, NULL, addressOf } from '../../kernel/language/primitives';
import type { PropertyInputs } from '../../kernel/language/propertyInputs';
import {
  deviceCounters,
  FOUND_IN_MAILS,
  groupKref,
  ownerCount,
} from '../parked-shim/propertyInputs';
import type { SplitOptions } from './options';
import { SPLIT_DOMAIN } from './objects';

/** BN9PR11MB5433A709ED352FD81DDBF5A68CA19@BN9PR11MB5433.namprd11.prod.outlook.com. */
const ASKED_IN_REPLY = 'asked in the reply of 2021-09-21';

const normalFops = eq('file.f_op', F_OP.normal);
const hasType1Container = allOf(ne('group.container', NULL), eq('group.container.iommu_driver', 1));

/** What the properties ask of the split design. Without the claim, the context that set the group's domain counts as owner. */
export function splitPropertyInputs({
  extraState,
  type1ClaimsOwner,
}: SplitOptions): PropertyInputs {
  const claimed = allOf(ne('idev.ictx', NULL), eq('iommu_group.owner', 'idev.ictx'));
  const ownsDma: { cdev: Condition; device: Condition } = type1ClaimsOwner
    ? {
        cdev: claimed,
        device: allOf(hasType1Container, eq('iommu_group.owner', addressOf('group'))),
      }
    : {
        cdev: allOf(
          claimed,
          anyOf(
            eq('iommu_group.domain', SPLIT_DOMAIN.blocking),
            eq('iommu_group.domain', SPLIT_DOMAIN.attached),
          ),
        ),
        device: allOf(hasType1Container, eq('iommu_group.domain', SPLIT_DOMAIN.type1)),
      };
  return {
    normalAccess: { cdev: normalFops, device: normalFops },
    bound: {
      cdev: allOf(live('idev'), ne('device.iommu_dev', NULL), lt(0, 'device.open_count')),
      device: allOf(hasType1Container, lt(0, 'device.open_count')),
    },
    ownerContext: { cdev: 'idev.ictx', device: 'group.container' },
    ownsDma,
    unregisterDelays: [{ fileKinds: ['cdev', 'device'], of: 'device' }],
    caveatFor: {
      publication: FOUND_IN_MAILS,
      'owner-exclusive': ASKED_IN_REPLY,
      'dma-owner': ASKED_IN_REPLY,
      'path-exclusive': ASKED_IN_REPLY,
    },
    // With the claim alone both paths may be open, as in the shim design: a conflict shows at SET_CONTAINER or at the bind.
    ...(type1ClaimsOwner && extraState !== 'perGroup' ? {} : { pathExclusive: 'bound' }),
    counters: [
      ...deviceCounters,
      groupKref,
      type1ClaimsOwner
        ? {
            ...ownerCount,
            holders: [
              ...ownerCount.holders,
              {
                type: 'vfio_group',
                when: allOf(live('group'), ne('group.container', NULL)),
                countsOn: 'iommu_group',
                label: 'the group that is in a container',
              },
            ],
          }
        : ownerCount,
      {
        counter: 'vfio_group.container_users',
        holders: [
          {
            type: 'vfio_group',
            when: allOf(ne('group.container', NULL), eq('group.opened', 1)),
            countsOn: 'group',
            label: 'the open group file',
          },
          {
            type: 'file',
            fileKinds: ['device'],
            when: allOf(live('file'), normalFops),
            countsOn: 'group',
            label: 'a device fd of the group',
          },
        ],
      },
      {
        counter: 'vfio_container.kref',
        holders: [
          {
            type: 'file',
            fileKinds: ['container'],
            when: live('file'),
            countsOn: 'container',
            label: 'the open container file',
          },
          {
            type: 'vfio_group',
            when: ne('group.container', NULL),
            countsOn: 'group.container',
            label: 'a group in the container',
          },
        ],
      },
    ],
  };
}
