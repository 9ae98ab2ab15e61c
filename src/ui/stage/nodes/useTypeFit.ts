import { useLayoutEffect, type RefObject } from 'react';
import { titleWidth } from '../../../graph/layout/textFit';

/** Titles whose widths differ most between fonts. */
const SAMPLES = [
  'access granted',
  'vfio0.parent',
  'iommu group 12',
  'devset vfio0',
  'iommufd1 ctx',
];
/**
 * Sets `--type-fit` on the stage: the factor for type in the UI font so that text takes the width that textFit assumes. The fonts of
 * the page may load late, and an embed has those of the system.
 */
export function useTypeFit(root: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const measure = (): void => {
      const context = document.createElement('canvas').getContext('2d');
      if (!context || !root.current) return;
      context.font = `650 13px ${getComputedStyle(root.current).getPropertyValue('--font-ui')}`;
      const factor = Math.min(
        ...SAMPLES.map((title) => titleWidth(title) / context.measureText(title).width),
      );
      root.current.style.setProperty('--type-fit', Math.min(1, factor).toFixed(3));
    };
    measure();
    document.fonts.addEventListener('loadingdone', measure);
    return () => document.fonts.removeEventListener('loadingdone', measure);
  }, [root]);
}
