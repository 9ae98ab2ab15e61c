import { nodeCatalogOf } from '../../graph/model/nodeCatalog';
import { groupByNodeId } from '../../graph/model/groupFolding';
import { currentSnapshot } from '../../session/trace/replay';
import { accessFlagOf, fopsTitle } from '../../graph/model/accessText';
import type { SessionState } from '../../session/store/session';
import type { StageState } from './stageState';

/** Something that Find can go to. */
export interface StageItem {
  readonly id: string;
  readonly name: string;
  /** What to select, if not `name`. */
  readonly selectAs?: string;
  /** `process`, `kernel`, `device node`, `file operations`, or `struct` and the kernel type. */
  readonly kind: string;
  /** It exists at this step. It may be inside a folded group. */
  readonly present: boolean;
  /** The folded group that contains it. */
  readonly foldedGroup: string | undefined;
}

/** Everything with a name that this run can show on the stage, in lane order. */
export function stageItems(
  session: SessionState,
  { scene: { layout }, nodesById }: StageState,
): readonly StageItem[] {
  const { program, state } = currentSnapshot(session);
  const groups = groupByNodeId(program);
  return nodeCatalogOf(program).nodes.flatMap(({ id, source }): StageItem[] => {
    const foldedGroup = layout.foldedInto.has(id) ? groups.get(id) : undefined;
    switch (source.kind) {
      case 'process':
        return [
          {
            id,
            name: source.process,
            kind: program.world.processes.includes(source.process) ? 'process' : 'kernel',
            present: true,
            foldedGroup: undefined,
          },
        ];
      case 'deviceNode':
        return [
          {
            id,
            name: source.path,
            selectAs: source.slot.name,
            kind: 'device node',
            present: nodesById.has(id),
            foldedGroup,
          },
        ];
      case 'fops':
        return [
          {
            id,
            name: fopsTitle(accessFlagOf(program.model), source.table),
            selectAs: id,
            kind: 'file operations',
            present: nodesById.has(id),
            foldedGroup: undefined,
          },
        ];
      case 'object': {
        const { name, type, lifetime } = source.slot;
        return [
          {
            id,
            name,
            kind: `struct ${type}`,
            present: nodesById.has(id) || lifetime === undefined || state[lifetime] === 1,
            foldedGroup,
          },
        ];
      }
      default:
        return [];
    }
  });
}

/** Items with every word of the query in their name, kind or folded group. Exact names come first, then prefixes. */
export function matchStageItems(items: readonly StageItem[], query: string): readonly StageItem[] {
  const normalized = query.trim().toLowerCase();
  const words = normalized.split(/\s+/);
  const rank = ({ name }: StageItem): number =>
    name.toLowerCase() === normalized ? 0 : name.toLowerCase().startsWith(normalized) ? 1 : 2;
  return items
    .filter(({ name, kind, foldedGroup }) => {
      const text =
        `${name} ${kind} ${foldedGroup === undefined ? '' : `in group ${foldedGroup}`}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((a, b) => rank(a) - rank(b));
}
