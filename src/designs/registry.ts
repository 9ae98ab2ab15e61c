import type { Design } from '../kernel/language/design';

const designsById = new Map<string, Design>();

/** Lets designs be found. `index.ts` does so with all of them; a page that is to be there at once begins with the one that it shows. */
export function registerDesigns(designs: readonly Design[]): void {
  for (const design of designs) {
    if ((designsById.get(design.id) ?? design) !== design)
      throw new Error(`two designs are called ${design.id}`);
    designsById.set(design.id, design);
  }
}

/** A loaded design by its id; undefined where there is none. */
export function designById(id: string): Design | undefined {
  return designsById.get(id);
}

/** A design that has to be loaded by now. Whoever parses scenarios or links has loaded theirs, by `index.ts` or one by one. */
export function requireDesign(id: string): Design {
  const design = designsById.get(id);
  if (!design) throw new Error(`the design ${id} is not loaded`);
  return design;
}
