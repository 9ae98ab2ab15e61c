import { nodeCatalogOf } from '../../graph/model/nodeCatalog';
import { NO_FOLDED_GROUPS, type FoldedGroups } from '../../graph/model/groupFolding';
import type { Snapshot } from '../../session/trace/replay';
import type { StageState } from './stageState';

/** A world with more possible nodes than this opens with folded groups. */
const MAX_UNCROWDED_NODES = 64;

/** What is reset when a setup opens. */
export function setupDefaults({
  program,
}: Snapshot): Pick<StageState, 'groups' | 'tabStop' | 'followSteps' | 'crowded'> {
  const crowded = nodeCatalogOf(program).nodes.length > MAX_UNCROWDED_NODES;
  return {
    groups: [...new Set(program.world.devices.map((device) => device.group))],
    tabStop: undefined,
    followSteps: true,
    crowded,
  };
}

/** In a crowded world, every group except the first one that a call uses. */
export function initialFoldedGroups({ program }: Snapshot): FoldedGroups {
  if (nodeCatalogOf(program).nodes.length <= MAX_UNCROWDED_NODES) return NO_FOLDED_GROUPS;
  const groups = new Set(program.world.devices.map((device) => device.group));
  const firstUsed =
    program.files.find((file) => file.group !== undefined)?.group ??
    program.world.devices[0]?.group ??
    '';
  groups.delete(firstUsed);
  return groups;
}

/** The same set if the group is not in it. */
export function withoutGroup(folded: FoldedGroups, group: string | undefined): FoldedGroups {
  return group !== undefined && folded.has(group)
    ? new Set([...folded].filter((other) => other !== group))
    : folded;
}
