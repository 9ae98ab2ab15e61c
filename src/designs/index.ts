import type { Design } from '../kernel/design';
import { parkedShim } from './parked-shim/parkedShim';
import { parkedSplit } from './parked-split/parkedSplit';
import { rfcOpened } from './rfc-opened/rfcOpened';
import { upstream } from './upstream/upstream';

/** Every design, in the order of menus and tables. */
export const DESIGNS: readonly Design[] = [rfcOpened, parkedShim, parkedSplit, upstream];

if (new Set(DESIGNS.map(d => d.id)).size !== DESIGNS.length) throw new Error('two designs share an id');

/** A design by its id; undefined where there is none. */
export function designById(id: string): Design | undefined {
  return DESIGNS.find(d => d.id === id);
}
