import type { DesignOption, Options } from '../../kernel/language/design';
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
}

const LINUX: Readonly<Record<LinuxVersion, Linux>> = {
  '6.6': { version: '6.6', shortterm: { field: 'destroy_rwsem', timeout: '' } },
  '6.12': { version: '6.12', shortterm: SHORTTERM_USERS },
  '6.18': { version: '6.18', shortterm: { field: 'wait_cnt', timeout: '60 s' } },
  '7.0': { version: '7.0', shortterm: { field: 'wait_cnt', timeout: '60 s' } },
};

export const LINUX_OPTION: DesignOption = { id: 'linux', title: 'Linux', values: VERSIONS };

/** The version that the options name. */
export function linuxOf(options: Options): Linux {
  return LINUX[VERSIONS.find((v) => v === options['linux']) ?? VERSIONS[0]];
}
