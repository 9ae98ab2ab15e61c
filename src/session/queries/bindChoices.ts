import { availableCalls } from './availableCalls';
import type { CallChoice } from './callTemplates';
import type { Snapshot } from '../trace/replay';

/** A bind that can be made now, and the objects (indices) that stand for its iommufd. */
export interface BindChoice {
  readonly choice: CallChoice;
  readonly targets: readonly number[];
}

/** The binds of the file that one of these objects is. */
export function bindChoices(snapshot: Snapshot, objects: readonly number[]): readonly BindChoice[] {
  const { program } = snapshot;
  const isFile = (index: number, name: string | undefined): boolean =>
    program.objects[index]?.type === 'file' && program.objects[index].key.file === name;
  return availableCalls(snapshot).flatMap(({ fds, calls }) => {
    const fileOf = (fd: string | undefined): string | undefined =>
      fds.find(({ name }) => name === fd)?.file;
    return calls
      .flatMap(({ choices }) => choices)
      .filter(
        ({ call }) =>
          call.call === 'bind_iommufd' && objects.some((o) => isFile(o, fileOf(call.fd))),
      )
      .map((choice) => ({
        choice,
        targets: program.objects.flatMap(({ type, key }, index) =>
          (type === 'file' || type === 'iommufd_ctx') && key.file === fileOf(choice.call.iommufd)
            ? [index]
            : [],
        ),
      }));
  });
}
