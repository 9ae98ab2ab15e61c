import { all, not } from '../expr';
import { isOpen } from './property';
import type { Property } from './property';

/** I2: normal access in an IOMMU group belongs to the group's DMA owner. */
export const dmaOwner: Property = {
  id: 'dma-owner',
  source: 'I2',
  title: 'Access implies DMA ownership',
  statement: 'Every file with normal access belongs to the context that owns the DMA of its IOMMU group.',
  applies: p => p.files.some(f => f.ownsDma),
  seenIn: 'state',
  checks: p => p.files.filter(f => f.normal && f.ownsDma).map(f => ({
    property: 'dma-owner',
    bad: all([f.normal!, isOpen(p, f), not(f.ownsDma!)]),
    text: `${f.name} (${f.by}) reaches ${f.device}, but the DMA of IOMMU group ${f.group} is not owned by its context`,
    object: f.object,
  })),
};
