import type { Design } from '../kernel/design';
import { DESIGN_NAMES } from './names';
import { parkedShim } from './parked-shim/parkedShim';
import { parkedSplit } from './parked-split/parkedSplit';
import { registerDesigns } from './registry';
import { rfcOpened } from './rfc-opened/rfcOpened';
import { upstream } from './upstream/upstream';

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
