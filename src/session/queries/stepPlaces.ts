import { parsedDesign } from '../../designs/changedDesign';
import { mapRoutines } from '../../kernel/compiler/mutate';
import type { Span } from '../../kernel/text/diagnostic';
import type { ParsedDesign } from '../../kernel/text/parseDesign';

/** A step of a design text: where it is, and its stable names, one for each call or release that runs its function. */
export interface NamedStepPlace extends Span {
  readonly id: string;
  readonly names: readonly string[];
}

const placesByDesign = new WeakMap<ParsedDesign, readonly NamedStepPlace[]>();

/** The steps of a text in its order. Empty if it has an error. */
export function stepPlaces(text: string): readonly NamedStepPlace[] {
  const parsed = parsedDesign(text);
  const { design, functions, steps } = parsed;
  const known = placesByDesign.get(parsed);
  if (known) return known;
  if (!design) return [];
  const handles = new Map([...functions].map(([handle, routine]) => [routine, handle]));
  const users = new Map<string, string[]>();
  mapRoutines(design.model({}), (routine, routineName) => {
    const handle = handles.get(routine);
    if (handle !== undefined) users.set(handle, [...(users.get(handle) ?? []), routineName]);
    return routine;
  });
  const places = steps.map(({ function: handle, id, from, to }) => ({
    id,
    from,
    to,
    names: (users.get(handle) ?? []).map((routine) => `${design.id}/${routine}/${id}`),
  }));
  placesByDesign.set(parsed, places);
  return places;
}
