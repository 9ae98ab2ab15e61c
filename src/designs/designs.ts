import type { Design } from '../kernel/language/design';
import { DESIGN_METAS } from './catalog';
import { registerDesigns } from './registry';

const designByPath = import.meta.glob<Design>('./*/design.ts', { eager: true, import: 'design' });

/** Every design, in the order of menus and tables. Importing this file loads and registers all of them. */
export const DESIGNS: readonly Design[] = DESIGN_METAS.map(({ id }) => {
  const design = designByPath[`./${id}/design.ts`];
  if (!design) throw new Error(`designs/${id}/design.ts: expected an export named "design"`);
  return design;
});

registerDesigns(DESIGNS);

/** `designById` with all designs loaded. */
export { designById } from './registry';
