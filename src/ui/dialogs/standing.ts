import { castOf } from '../../graph/cast';
import type { Standing } from '../../session/find';
import type { Frame } from '../../session/frame';
import { tableTitle } from '../../session/selected';

/** What is there at a frame, by the names that people look for. */
export function standingAt({ program, state }: Frame): readonly Standing[] {
  const isLive = (life: number | undefined): boolean => life === undefined || state[life] === 1;
  const actors = castOf(program).actors.flatMap(({ id, what }): Standing[] => {
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
      case 'node':
        return state[what.field] === 1 && isLive(what.slot.life)
          ? [{ node: id, name: what.slot.name, title: what.path, detail: 'device node' }]
          : [];
      case 'fops':
        return program.files.some(
          ({ normal, object }) => normal && isLive(program.objects[object]?.life),
        )
          ? [
              {
                node: id,
                name: id,
                title: tableTitle(program.model.parked.length === 0, what.table),
                detail: 'file operations',
              },
            ]
          : [];
      default:
        return [];
    }
  });
  const objects = program.objects
    .filter(({ life }) => isLive(life))
    .map(({ name, type }): Standing => ({
      node: `${type}:${name}`,
      name,
      title: name,
      detail: `struct ${type}`,
    }));
  return [...objects, ...actors];
}
