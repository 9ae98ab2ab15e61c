import type { Design } from '../kernel/language/design';
import { CALL_SIGNATURES } from '../kernel/language/world';
import type { CallName, CallSignature } from '../kernel/language/world';

const designsById = new Map<string, Design>();

/** Makes designs available by id. `designs.ts` registers all; a page that must paint early registers only the one it shows. */
export function registerDesigns(designs: readonly Design[]): void {
  for (const design of designs) {
    if ((designsById.get(design.id) ?? design) !== design)
      throw new Error(`two designs have the id ${JSON.stringify(design.id)}`);
    designsById.set(design.id, design);
  }
}

/** Makes a design available in the place of the one with its id, if there is one. Returns the function that undoes this. */
export function overrideDesign(design: Design): () => void {
  const before = designsById.get(design.id);
  designsById.set(design.id, design);
  return () => {
    if (before) designsById.set(design.id, before);
    else designsById.delete(design.id);
  };
}

/** The signature of a call of the scenario format, or of one that a registered design declares. */
export function callSignature(name: string): CallSignature | undefined {
  if (Object.hasOwn(CALL_SIGNATURES, name)) return CALL_SIGNATURES[name as CallName];
  for (const { calls } of designsById.values())
    if (calls && Object.hasOwn(calls, name)) return calls[name];
  return undefined;
}

/** A registered design; undefined if the id is unknown or not yet loaded. */
export function designById(id: string): Design | undefined {
  return designsById.get(id);
}

/** A registered design. Throws if it is not loaded: callers parse only what names a loaded design. */
export function requireDesign(id: string): Design {
  const design = designsById.get(id);
  if (!design) throw new Error(`design ${JSON.stringify(id)} is not loaded`);
  return design;
}
