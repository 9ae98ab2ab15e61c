import type { Design } from '../kernel/language/design';
import { DESIGN_NAMES } from './designNames';
import { parkedShim } from './parked-shim/design';
import { parkedSplit } from './parked-split/design';
import { registerDesigns } from './registry';
import { rfcOpened } from './rfc-opened/design';
import { upstream } from './upstream/design';

export { designById } from './registry';

const designs: Readonly<Record<keyof typeof DESIGN_NAMES, Design>> = {
  rfcOpened,
  parkedShim,
  parkedSplit,
  upstream,
};

/** Every design, in the order of menus and tables. */
export const DESIGNS: readonly Design[] = (
  Object.keys(DESIGN_NAMES) as (keyof typeof DESIGN_NAMES)[]
).map((name) => designs[name]);

registerDesigns(DESIGNS);
