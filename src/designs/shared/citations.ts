/** Message-Ids of the thread of September 2021, for citations. */

/** A patch of the RFC series "vfio: Add device class for /dev/vfio/devices" (2021-09-19), by its number of 20. */
export function rfcPatch(number: number): string {
  return `RFC ${String(number).padStart(2, '0')}/20, Message-Id 20210919063848.1476776-${number + 1}-yi.l.liu@intel.com`;
}

/** The review that proposes parked fops (2021-09-21). */
export const REVIEW_MAIL = 'Message-Id 20210921155705.GN327412@nvidia.com';

/** The reply that asks for a central record of the iommu context (2021-09-21). */
export const REPLY_MAIL =
  'Message-Id BN9PR11MB5433A709ED352FD81DDBF5A68CA19@BN9PR11MB5433.namprd11.prod.outlook.com';

/** A section of docs/kernel-facts.md. */
export function kernelFacts(section: string): string {
  return `docs/kernel-facts.md, ${section}`;
}
