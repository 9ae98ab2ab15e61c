import { nodeCatalogOf } from '../../graph/model/nodeCatalog';
import type { StageSearchItem } from '../../session/actions/paletteItems';
import type { Snapshot } from '../../session/trace/replay';
import { accessFlagOf, fopsTitle } from '../../graph/model/accessText';

/** The nodes on the stage at a snapshot, as search items. */
export function stageSearchItems({ program, state }: Snapshot): readonly StageSearchItem[] {
  const isLive = (lifetime: number | undefined): boolean =>
    lifetime === undefined || state[lifetime] === 1;
  const otherNodes = nodeCatalogOf(program).nodes.flatMap(({ id, source }): StageSearchItem[] => {
    switch (source.kind) {
      case 'process':
        return [
          {
            node: id,
            name: source.process,
            title: source.process,
            detail: program.world.processes.includes(source.process) ? 'process' : 'kernel',
          },
        ];
      case 'deviceNode':
        return state[source.field] === 1 && isLive(source.slot.lifetime)
          ? [{ node: id, name: source.slot.name, title: source.path, detail: 'device node' }]
          : [];
      case 'fops':
        return program.files.some(
          ({ normalAccess, object }) => normalAccess && isLive(program.objects[object]?.lifetime),
        )
          ? [
              {
                node: id,
                name: id,
                title: fopsTitle(accessFlagOf(program.model), source.table),
                detail: 'file operations',
              },
            ]
          : [];
      default:
        return [];
    }
  });
  const objects = program.objects
    .filter(({ lifetime }) => isLive(lifetime))
    .map(({ name, type }): StageSearchItem => ({
      node: `${type}:${name}`,
      name,
      title: name,
      detail: `struct ${type}`,
    }));
  return [...objects, ...otherNodes];
}
