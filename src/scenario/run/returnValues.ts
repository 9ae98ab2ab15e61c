import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import { FIRST_FD } from '../../kernel/language/world';
import { LowestFreeNumbers } from './lowestFreeNumbers';
import type { Trace } from './trace';

/** The number that a call returned, by call index: an fd of its process, or an object id of its iommufd. */
export type ReturnValues = ReadonlyMap<number, number>;

/** Types that take an object id of their iommufd. By default it is the lowest free one in `iommufd_ctx.objects`, from 1. */
const TYPES_WITH_OBJECT_ID = new Set([
  'iommufd_device',
  'iommufd_access',
  'iommufd_ioas',
  'iommufd_hwpt_paging',
]);

/**
 * The fds (the lowest free one from 3 in each process) and object ids that the calls of a trace return. They are not part of
 * the state, because nothing in a design depends on them.
 */
export function returnValues(trace: Trace): ReturnValues {
  const { program } = trace;
  const numbers = new Map<number, number>();
  const fds = new LowestFreeNumbers<string>();
  const objectIds = new LowestFreeNumbers<number>();
  for (const { index, events, step } of trace.steps) {
    for (const { template } of events) {
      if (template.kind === 'fdInstall')
        numbers.set(step.call, fds.take(template.process, FIRST_FD, template.fd));
      else if (template.kind === 'fdRemove') fds.release(template.fd);
      else if (template.kind === 'alloc') {
        const object = program.objects[template.object];
        const iommufd =
          object && TYPES_WITH_OBJECT_ID.has(object.type)
            ? iommufdOf(trace, object, index)
            : undefined;
        if (iommufd === undefined) continue;
        const { space, first } = object?.spec.ids ?? { space: 'objects', first: 1 };
        const id = objectIds.take(`${iommufd} ${space}`, first, template.object);
        const call = program.calls[step.call]?.call.call;
        if (call === 'ioas_alloc' || call === 'hwpt_alloc') numbers.set(step.call, id);
      } else if (template.kind === 'free') objectIds.release(template.object);
    }
  }
  return numbers;
}

/** The iommufd file that gives an object its id: fixed, or the file that its `ictx` field points to after step `from`. */
function iommufdOf(
  { program, steps }: Trace,
  object: ObjectSlot,
  from: number,
): string | undefined {
  const pointer = object.fields['ictx'];
  if (pointer === undefined) return object.key.file;
  for (const { events } of steps.slice(from)) {
    for (const { template, value } of events) {
      if (template.kind === 'write' && template.field === pointer && value > 0)
        return pointedFile(program, pointer, value);
      if (template.kind === 'free' && template.object === object.index) return undefined;
    }
  }
  return undefined;
}

function pointedFile(program: Program, pointer: number, value: number): string | undefined {
  const target = program.fields[pointer]?.targets?.[value - 1];
  return target === undefined ? undefined : program.objects[target]?.key.file;
}
