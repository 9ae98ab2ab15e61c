import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import type { Trace } from './trace';

/** The number that a call returned, by call index: an fd of its process, or an object id of its iommufd. */
export type ReturnValues = ReadonlyMap<number, number>;

/** Types that take an id of their iommufd, the lowest free one: from `iommufd_ctx.objects`, where ids start at 1, unless they say otherwise. */
const TYPES_WITH_OBJECT_ID = new Set([
  'iommufd_device',
  'iommufd_access',
  'iommufd_ioas',
  'iommufd_hwpt_paging',
]);

/**
 * Fd numbers (the lowest free from 3 in each process) and object ids, as a trace brings them about. They are no part of
 * the state: nothing in a design depends on them.
 */
export function returnValues(trace: Trace): ReturnValues {
  const { program } = trace;
  const numbers = new Map<number, number>();
  const tables = new Map<string, (string | undefined)[]>();
  const spaces = new Map<string, (number | undefined)[]>();
  for (const { index, events, step } of trace.steps) {
    for (const { template: note } of events) {
      if (note.kind === 'fdInstall')
        numbers.set(step.call, takeLowestFree(tables, note.process, 3, note.fd));
      else if (note.kind === 'fdRemove') releaseNumber(tables, note.fd);
      else if (note.kind === 'alloc') {
        const object = program.objects[note.object];
        const space =
          object && TYPES_WITH_OBJECT_ID.has(object.type)
            ? iommufdOf(trace, object, index)
            : undefined;
        if (space === undefined) continue;
        const { space: name, first } = object?.spec.ids ?? { space: 'objects', first: 1 };
        const id = takeLowestFree(spaces, `${space} ${name}`, first, note.object);
        if (program.calls[step.call]?.call.call === 'ioas_alloc') numbers.set(step.call, id);
      } else if (note.kind === 'free') releaseNumber(spaces, note.object);
    }
  }
  return numbers;
}

/** Puts a value at the lowest free place from `first` and returns the place. */
function takeLowestFree<T>(
  lists: Map<string, (T | undefined)[]>,
  key: string,
  first: number,
  value: T,
): number {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  let at = first;
  while (list[at] !== undefined) at++;
  list[at] = value;
  return at;
}

function releaseNumber<T>(lists: Map<string, (T | undefined)[]>, value: T): void {
  for (const list of lists.values()) {
    const at = list.indexOf(value);
    if (at >= 0) list[at] = undefined;
  }
}

/** The iommufd file whose id space an object allocated at a step is in: fixed, or what its `ictx` comes to point to. */
function iommufdOf(
  { program, steps }: Trace,
  object: ObjectSlot,
  from: number,
): string | undefined {
  const pointer = object.fields['ictx'];
  if (pointer === undefined) return object.key.file;
  for (const { events } of steps.slice(from)) {
    for (const { template: note, value } of events) {
      if (note.kind === 'write' && note.field === pointer && value > 0)
        return pointedFile(program, pointer, value);
      if (note.kind === 'free' && note.object === object.index) return undefined;
    }
  }
  return undefined;
}

function pointedFile(program: Program, pointer: number, value: number): string | undefined {
  const target = program.fields[pointer]?.targets?.[value - 1];
  return target === undefined ? undefined : program.objects[target]?.key.file;
}
