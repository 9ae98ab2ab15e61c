import { castOf } from '../../graph/cast';
import { groupsOf } from '../../graph/fold';
import { currentFrame } from '../../session/frame';
import { tableTitle } from '../../session/selected';
import type { SessionState } from '../../session/session';
import type { StageState } from './stageStore';

/** Something that stands on the stage, or may. */
export interface Findable {
  readonly id: string;
  readonly name: string;
  /** What selects it, where that is not its name. */
  readonly selects?: string;
  /** `process`, `device node`, or the kernel's name of its type. */
  readonly kind: string;
  /** It stands there at this step, if only in a folded group. */
  readonly there: boolean;
  /** The folded group that it is in. */
  readonly inside: string | undefined;
}

/** Everything with a name that this run can put on the stage, in the order of its lanes. */
export function findablesOf(
  session: SessionState,
  { scene: { layout }, nodes }: StageState,
): readonly Findable[] {
  const { program, state } = currentFrame(session);
  const groups = groupsOf(program);
  return castOf(program).actors.flatMap(({ id, what }): Findable[] => {
    const inside = layout.standIn.has(id) ? groups.get(id) : undefined;
    if (what.kind === 'process')
      return [
        {
          id,
          name: what.process,
          kind: program.world.processes.includes(what.process) ? 'process' : 'kernel',
          there: true,
          inside: undefined,
        },
      ];
    if (what.kind === 'node')
      return [
        {
          id,
          name: what.path,
          selects: what.slot.name,
          kind: 'device node',
          there: nodes.has(id),
          inside,
        },
      ];
    if (what.kind === 'fops')
      return [
        {
          id,
          name: tableTitle(program.model.parked.length === 0, what.table),
          selects: id,
          kind: 'file operations',
          there: nodes.has(id),
          inside: undefined,
        },
      ];
    if (what.kind !== 'object') return [];
    const { name, type, life } = what.slot;
    return [
      {
        id,
        name,
        kind: `struct ${type}`,
        there: nodes.has(id) || life === undefined || state[life] === 1,
        inside,
      },
    ];
  });
}

/** Those with every word of the query in their name, kind or folded group: the same name first, then the same beginning. */
export function matching(all: readonly Findable[], query: string): readonly Findable[] {
  const wanted = query.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const rank = ({ name }: Findable): number =>
    name.toLowerCase() === wanted ? 0 : name.toLowerCase().startsWith(wanted) ? 1 : 2;
  return all
    .filter(({ name, kind, inside }) => {
      const text =
        `${name} ${kind} ${inside === undefined ? '' : `in group ${inside}`}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((a, b) => rank(a) - rank(b));
}
