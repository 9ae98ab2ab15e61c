import type { DesignOption, Options } from '../../kernel/language/design';
import type { PropertyId } from '../../kernel/language/propertyId';
import { SHORTTERM_USERS } from '../shared/iommufd/shortterm';
import type { ShorttermUse } from '../shared/iommufd/shortterm';

/** The versions of Linux that the design has, the default first. */
const VERSIONS = ['6.12', '6.6', '6.18', '7.0'] as const;
type LinuxVersion = (typeof VERSIONS)[number];

/** What differs between the versions. Sources: docs/kernel-facts.md, Versions of Linux. */
export interface Linux {
  readonly version: LinuxVersion;
  /** How iommufd keeps an object allocated while an ioctl uses it. */
  readonly shortterm: ShorttermUse;
  /** BIND takes the VF token, and each virtual function has its own reset set (v6.17). */
  readonly vfToken: boolean;
  /** What IOMMU_HWPT_ALLOC returns for an unknown ioas; v6.7, which lets it name another page table, changed it. */
  readonly hwptAllocNoIoas: 'ENOENT' | 'EINVAL';
  /** A replace checks that the device is attached (v6.15). */
  readonly replaceChecksAttached: boolean;
  /** What is known of violations that only this version has, by property or field (PropertyInputs.caveatFor). */
  readonly knownBugs?: Readonly<Record<PropertyId, string>>;
  /** A device reset blocks the IOMMU group: its domain cannot change meanwhile (v7.0). */
  readonly resetBlocksGroup: boolean;
}

/** Message-Id 20250516164522.51905-1-jacob.pan@linux.microsoft.com; commits b25e271b3779 and 982ddd59ed97. */
const NOIOMMU_REPORT = 'reported 2025-05-16, fixed in v6.17';
const NOIOMMU_OPEN_SKIPPED = {
  warnings: NOIOMMU_REPORT,
  'vfio_device.open_count': NOIOMMU_REPORT,
};

const V6_12: Linux = {
  version: '6.12',
  shortterm: SHORTTERM_USERS,
  vfToken: false,
  hwptAllocNoIoas: 'EINVAL',
  replaceChecksAttached: false,
  knownBugs: NOIOMMU_OPEN_SKIPPED,
  resetBlocksGroup: false,
};

const V6_18: Linux = {
  version: '6.18',
  shortterm: { field: 'wait_cnt', timeout: '60 s' },
  vfToken: true,
  hwptAllocNoIoas: 'EINVAL',
  replaceChecksAttached: true,
  resetBlocksGroup: false,
};

const LINUX: Readonly<Record<LinuxVersion, Linux>> = {
  '6.6': {
    ...V6_12,
    version: '6.6',
    hwptAllocNoIoas: 'ENOENT',
    shortterm: { field: 'destroy_rwsem', timeout: '' },
    knownBugs: { ...NOIOMMU_OPEN_SKIPPED, memory: 'reported by syzbot 2023, fixed in v6.7' },
  },
  '6.12': V6_12,
  '6.18': V6_18,
  '7.0': {
    ...V6_18,
    version: '7.0',
    resetBlocksGroup: true,
    knownBugs: {
      memory: 'CVE-2026-52952, fixed in v7.0.10',
      warnings: 'CVE-2026-52952, fixed in v7.0.10',
      'iommu_group.domain': 'CVE-2026-52952, fixed in v7.0.10',
    },
  },
};

export const LINUX_OPTION: DesignOption = {
  id: 'linux',
  title: 'Version of Linux',
  values: VERSIONS,
};

/** The version that the options name. */
export function linuxOf(options: Options): Linux {
  return LINUX[VERSIONS.find((v) => v === options['linux']) ?? VERSIONS[0]];
}
