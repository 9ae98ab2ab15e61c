import type { FieldSpec, ObjectType } from '../../kernel/language/design';
import { countGroups, countFiles, countCalls, sumOf } from '../../kernel/language/staticNumber';
import { iommuGroupType } from '../shared/iommuGroup';
import { vfioDevice, vfioGroup } from '../parked-shim/objects';
import { enumValues } from '../../kernel/language/primitives';
import { OPENED_BY } from './options';
import type { SplitOptions } from './options';

const openedBy: FieldSpec = { kind: 'enum', values: Object.keys(OPENED_BY) };

/** struct vfio_device: as in the shim design, with `opened_by` if the extra state is per device. */
export function splitDevice({ extraState }: SplitOptions): ObjectType {
  if (extraState !== 'perDevice' && extraState !== 'perDeviceUnlocked') return vfioDevice;
  return {
    ...vfioDevice,
    fields: {
      ...vfioDevice.fields,
      opened_by: openedBy,
      opened: { kind: 'int', hi: countFiles(['cdev', 'device'], 'device') },
    },
  };
}

/** struct vfio_group with a legacy container; `opened_by` if the extra state is per group. */
export function splitGroup({ extraState }: SplitOptions): ObjectType {
  return {
    ...vfioGroup,
    about: 'The group of the legacy interface: one opener, a container, and its number of users.',
    fields: {
      ...vfioGroup.fields,
      container: { kind: 'pointer', types: ['vfio_container'], edge: 'reference' },
      container_users: { kind: 'int', hi: sumOf(1, countFiles(['device'], 'group')) },
      ...(extraState === 'perGroup'
        ? ({
            opened_lock: { kind: 'mutex' },
            opened_by: openedBy,
            /** Counts binds that will fail, too. */
            opened_count: {
              kind: 'int',
              hi: sumOf(countFiles(['group', 'device'], 'group'), countCalls('bind_iommufd')),
            },
          } satisfies Record<string, FieldSpec>)
        : {}),
    },
  };
}

/** `iommu_group.domain`, by index: type1 domains count as owned if type1 claims nothing. */
export const SPLIT_DOMAIN = enumValues('default', 'blocking', 'attached', 'type1');

/** struct iommu_group, owned by an iommufd or, with the claim, by a group in a container. */
export function splitIommuGroup(): ObjectType {
  const type = iommuGroupType(['iommufd_ctx', 'vfio_group']);
  return {
    ...type,
    fields: { ...type.fields, domain: { kind: 'enum', values: Object.keys(SPLIT_DOMAIN) } },
  };
}

/** struct vfio_container: the legacy one, with its own type1 driver. */
export const vfioContainer: ObjectType = {
  type: 'vfio_container',
  role: 'container',
  per: 'file',
  fileKinds: ['container'],
  name: '{file} container',
  lifetime: {},
  about: 'A legacy container: groups, and the type1 driver that maps for them.',
  fields: {
    kref: {
      kind: 'refcount',
      freesAtZero: true,
      hi: sumOf(1, countGroups, countFiles(['group'])),
    },
    group_lock: { kind: 'mutex' },
    iommu_driver: { kind: 'bool' },
    groups: { kind: 'int', hi: countFiles(['group']) },
  },
};
