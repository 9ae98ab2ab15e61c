import { nodeCatalogOf } from '../../graph/model/nodeCatalog';
import { groupByNodeId } from '../../graph/model/groupFolding';
import { currentSnapshot } from '../../session/trace/replay';
import { fopsTitle } from '../../session/queries/selectedItem';
import type { SessionState } from '../../session/store/session';
import type { StageState } from './stageStore';

/** Something that stands on the stage, or may. */
export interface StageItem {
  readonly id: string;
  readonly name: string;
  /** What selects it, where that is not its name. */
  readonly selectAs?: string;
  /** `process`, `device node`, or the kernel's name of its type. */
  readonly kind: string;
  /** It stands there at this step, if only in a folded group. */
  readonly present: boolean;
  /** The folded group that it is in. */
  readonly foldedGroup: string | undefined;
}

/** Everything with a name that this run can put on the stage, in the order of its lanes. */
export function stageItems(
  session: SessionState,
  { scene: { layout }, nodesById: nodes }: StageState,
): readonly StageItem[] {
  const { program, state } = currentSnapshot(session);
  const groups = groupByNodeId(program);
  return nodeCatalogOf(program).nodes.flatMap(({ id, source: what }): StageItem[] => {
    const inside = layout.foldedInto.has(id) ? groups.get(id) : undefined;
    if (what.kind === 'process')
      return [
        {
          id,
          name: what.process,
          kind: program.world.processes.includes(what.process) ? 'process' : 'kernel',
          present: true,
          foldedGroup: undefined,
        },
      ];
    if (what.kind === 'deviceNode')
      return [
        {
          id,
          name: what.path,
          selectAs: what.slot.name,
          kind: 'device node',
          present: nodes.has(id),
          foldedGroup: inside,
        },
      ];
    if (what.kind === 'fops')
      return [
        {
          id,
          name: fopsTitle(program.model.parkedFileKinds.length === 0, what.table),
          selectAs: id,
          kind: 'file operations',
          present: nodes.has(id),
          foldedGroup: undefined,
        },
      ];
    if (what.kind !== 'object') return [];
    const { name, type, lifetime: life } = what.slot;
    return [
      {
        id,
        name,
        kind: `struct ${type}`,
        present: nodes.has(id) || life === undefined || state[life] === 1,
        foldedGroup: inside,
      },
    ];
  });
}

/** Those with every word of the query in their name, kind or folded group: the same name first, then the same beginning. */
export function matchStageItems(all: readonly StageItem[], query: string): readonly StageItem[] {
  const wanted = query.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const rank = ({ name }: StageItem): number =>
    name.toLowerCase() === wanted ? 0 : name.toLowerCase().startsWith(wanted) ? 1 : 2;
  return all
    .filter(({ name, kind, foldedGroup: inside }) => {
      const text =
        `${name} ${kind} ${inside === undefined ? '' : `in group ${inside}`}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((a, b) => rank(a) - rank(b));
}
