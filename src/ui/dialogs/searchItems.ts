import { nodeCatalogOf } from '../../graph/model/nodeCatalog';
import type { StageSearchItem } from '../../session/actions/paletteItems';
import type { Snapshot } from '../../session/trace/replay';
import { fopsTitle } from '../../session/queries/selectedItem';

/** What is there at a frame, by the names that people look for. */
export function stageSearchItems({ program, state }: Snapshot): readonly StageSearchItem[] {
  const isLive = (life: number | undefined): boolean => life === undefined || state[life] === 1;
  const actors = nodeCatalogOf(program).nodes.flatMap(({ id, source: what }): StageSearchItem[] => {
    switch (what.kind) {
      case 'process':
        return [
          {
            node: id,
            name: what.process,
            title: what.process,
            detail: program.world.processes.includes(what.process) ? 'process' : 'kernel',
          },
        ];
      case 'deviceNode':
        return state[what.field] === 1 && isLive(what.slot.lifetime)
          ? [{ node: id, name: what.slot.name, title: what.path, detail: 'device node' }]
          : [];
      case 'fops':
        return program.files.some(
          ({ normalAccess: normal, object }) => normal && isLive(program.objects[object]?.lifetime),
        )
          ? [
              {
                node: id,
                name: id,
                title: fopsTitle(program.model.parkedFileKinds.length === 0, what.table),
                detail: 'file operations',
              },
            ]
          : [];
      default:
        return [];
    }
  });
  const objects = program.objects
    .filter(({ lifetime: life }) => isLive(life))
    .map(({ name, type }): StageSearchItem => ({
      node: `${type}:${name}`,
      name,
      title: name,
      detail: `struct ${type}`,
    }));
  return [...objects, ...actors];
}
