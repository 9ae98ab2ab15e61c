import { branch, eq, fallible, staticBranch } from '../../kernel/language/primitives';
import type { Condition, Op } from '../../kernel/language/primitives';
import type { Linux } from './linux';

/** The group has an IOMMU: VFIO_IOMMU, not VFIO_NO_IOMMU. */
export const hasIommu: Condition = eq('iommu_group.noiommu', 0);

/** In a scenario with such a device: operations for a group without an IOMMU (vfio_device_is_noiommu). */
export const ifNoiommu = (...ops: readonly Op[]): Op =>
  staticBranch('noiommu-in-scenario', [branch(eq('iommu_group.noiommu', 1), ops)]);

/** Operations of scenarios with a device that has no IOMMU. */
export const withNoiommu = (...ops: readonly Op[]): Op => staticBranch('noiommu-in-scenario', ops);

/** Without an IOMMU each way to the device needs CAP_SYS_RAWIO. The step id as `fault` takes the capability away. */
export const checkRawIo = (at: string, to?: string): Op =>
  fallible('!capable(CAP_SYS_RAWIO)', 'EPERM', 'CAP_SYS_RAWIO is missing', {
    at,
    ...(to === undefined ? {} : { to }),
  });

/** v6.3 to v6.16 skipped vfio_df_open for a device without an IOMMU: commits 6086efe73498, b25e271b3779 and 982ddd59ed97. */
export const skipsDfOpen = ({ vfToken }: Linux): boolean => !vfToken;
