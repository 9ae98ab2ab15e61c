import { useCallback } from 'react';
import type { NodeView } from '../../graph/model/graph';

/** A line drawing for each kind of node, in a 16 × 16 box. */
const ICON_PATHS = {
  process: 'M2 3.2h12v9.6H2zM2 6h12M4.2 4.6h.1M6.2 4.6h.1',
  file: 'M3.5 1.8h6l3 3v9.4h-9zM9.5 1.8v3h3M5.6 8h4.8M5.6 10.6h4.8',
  deviceNode: 'M1.8 12.4h12.4M3.4 12.4V8.6h9.2v3.8M8 8.6V3M5.6 5.2 8 2.8l2.4 2.4',
  fops: 'M2.4 3h11.2v10H2.4zM2.4 6.3h11.2M2.4 9.6h11.2M6 3v10',
  device:
    'M4.4 4.4h7.2v7.2H4.4zM6.4 1.8v2.6M9.6 1.8v2.6M6.4 11.6v2.6M9.6 11.6v2.6M1.8 6.4h2.6M1.8 9.6h2.6M11.6 6.4h2.6M11.6 9.6h2.6',
  group: 'M5 2.4H2.4v11.2H5M11 2.4h2.6v11.2H11M6 6h4v4H6z',
  context: 'M8 1.8 14 5 8 8.2 2 5zM2 8l6 3.2L14 8M2 11l6 3.2L14 11',
  translation:
    'M1.8 4h5.4v3H1.8zM8.8 9h5.4v3H8.8zM7.2 5.5h2.6a1.6 1.6 0 0 1 1.6 1.6V9M4.5 7v2.4a1.6 1.6 0 0 0 1.6 1.6h2.7',
  hardware: 'M8 1.6 13.6 4v4c0 3.4-2.4 5.4-5.6 6.6C4.8 13.4 2.4 11.4 2.4 8V4z',
  struct:
    'M5.6 2.4C3.4 2.4 4.6 7 2.4 8c2.2 1 1 5.6 3.2 5.6M10.4 2.4c2.2 0 1 4.6 3.2 5.6-2.2 1-1 5.6-3.2 5.6',
} as const;

export type KindIconName = keyof typeof ICON_PATHS;

const ICON_BY_TYPE: Readonly<Record<string, KindIconName>> = {
  file: 'file',
  vfio_device: 'device',
  device: 'device',
  vfio_pci_device: 'device',
  vfio_group: 'group',
  iommu_group: 'hardware',
  vfio_device_set: 'group',
  cdev: 'deviceNode',
  iommufd_ctx: 'context',
  vfio_container: 'context',
  kvm: 'context',
  iommufd_ioas: 'translation',
  iommufd_hwpt_paging: 'translation',
  iommufd_device: 'device',
  iommufd_group: 'group',
};

/** The icon of a kernel object type (`vfio_device`). */
export function iconForType(type: string): KindIconName {
  return ICON_BY_TYPE[type] ?? 'struct';
}

/** The icon of a graph node. */
export function iconForNode(node: NodeView): KindIconName {
  if (node.kind === 'foldedGroup') return 'group';
  return node.kind === 'object' ? iconForType(node.type) : node.kind;
}

/** Data URLs by icon. A background image in a grey for both themes: an SVG element per node would add a compositor layer each. */
const imageCache = new Map<string, string>();

/** An icon as a CSS image. An image cannot use the page's custom properties, so the colour is read here. */
function iconImage(glyph: KindIconName, element: Element): string {
  const cached = imageCache.get(glyph);
  if (cached !== undefined) return cached;
  const colour = getComputedStyle(element).getPropertyValue('--glyph').trim();
  const image = `url("data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="${colour}" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"><path d="${ICON_PATHS[glyph]}"/></svg>`)}")`;
  if (colour !== '') imageCache.set(glyph, image);
  return image;
}

export function KindIcon({
  glyph,
  size = 14,
}: {
  readonly glyph: KindIconName;
  readonly size?: number;
}) {
  const draw = useCallback(
    (element: HTMLElement | null) => {
      if (element) element.style.backgroundImage = iconImage(glyph, element);
    },
    [glyph],
  );
  return (
    <span
      ref={draw}
      aria-hidden="true"
      data-glyph={glyph}
      style={{ flex: 'none', width: size, height: size, backgroundSize: '100%' }}
    />
  );
}
