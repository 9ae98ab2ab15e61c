import { evaluate } from '../../kernel/language/expressions';
import type { ObjectSlot } from '../../kernel/compiler/program';
import { memoizeByLayout } from '../layout/memoizeByLayout';
import { routeEdge } from '../routing/edgePath';
import { edgeFieldsOf } from './edgeFields';
import type { EdgeView } from './graph';
import {
  fieldValue,
  hasChanged,
  isLive,
  pointerTarget,
  viewCacheEntry,
  type GraphInput,
} from './graphInput';
import { nodeCatalogOf, nodeIdOf, OWNED_BY_PROCESS } from './nodeCatalog';
import { unroutedEdge, type EdgeTraits } from './unroutedEdge';

/** Most edges of most steps are neither new nor dangling. */
const memoizeEdge = memoizeByLayout<EdgeView>();

/** Edges between objects, and from fd tables, files and device nodes. Some may have an end that is not visible in this state. */
export function objectEdges(input: GraphInput): readonly EdgeView[] {
  return [
    ...input.program.objects.flatMap((slot) =>
      slot.type !== 'fd' && isLive(input, slot) ? cachedPointerEdges(input, slot) : [],
    ),
    ...fdEdges(input),
    ...ownerEdges(input),
    ...fopsEdges(input),
    ...cdevEdges(input),
  ];
}

function cachedPointerEdges(input: GraphInput, slot: ObjectSlot): readonly EdgeView[] {
  const cached = viewCacheEntry(input, slot);
  if (!cached) return pointerEdges(input, slot);
  cached.edges ??= pointerEdges(input, slot);
  return cached.edges;
}

function pointerEdges(input: GraphInput, slot: ObjectSlot): readonly EdgeView[] {
  const { links, pointers } = edgeFieldsOf(input.program, slot);
  const source = nodeIdOf(slot);
  return [
    ...links.flatMap(([label, target, style]) =>
      isLive(input, target)
        ? routedEdge(input, `${source}.${label}`, source, nodeIdOf(target), { style, label })
        : [],
    ),
    ...pointers.flatMap(([label, field, style]) => {
      const target = pointerTarget(input, field);
      return target && style !== 'hidden'
        ? routedEdge(input, `${source}.${label}`, source, nodeIdOf(target), {
            style,
            label,
            dangling: !isLive(input, target),
            changed: hasChanged(input, field),
          })
        : [];
    }),
  ];
}

function fdEdges(input: GraphInput): readonly EdgeView[] {
  const { fds, files, objects } = input.program;
  return fds.flatMap(({ process, name, file, installed }) => {
    const slot = objects[files[file]?.object ?? -1];
    return slot && fieldValue(input, installed) === 1
      ? routedEdge(input, `fd:${process}:${name}`, `process:${process}`, nodeIdOf(slot), {
          style: 'fd',
          label: name,
          changed: hasChanged(input, installed),
        })
      : [];
  });
}

/** From a process to its mappings, and to the kvm-vfio device of its VMs. */
function ownerEdges(input: GraphInput): readonly EdgeView[] {
  return input.program.objects.flatMap((slot) => {
    const label = OWNED_BY_PROCESS[slot.type];
    const { process } = slot.key;
    return label !== undefined && process !== undefined && isLive(input, slot)
      ? routedEdge(input, `owner:${slot.name}`, `process:${process}`, nodeIdOf(slot), {
          style: 'fd',
          label,
        })
      : [];
  });
}

function fopsEdges(input: GraphInput): readonly EdgeView[] {
  const { program, state, options } = input;
  return program.files.flatMap(({ object, kind, normalAccess }) => {
    const slot = program.objects[object];
    if (!normalAccess || !slot || !isLive(input, slot)) return [];
    const isNormal = (at: Int32Array): boolean => evaluate(normalAccess, at) !== 0;
    return routedEdge(
      input,
      `fops:${slot.name}`,
      nodeIdOf(slot),
      `fops:${isNormal(state) ? 'normal' : 'parked'}`,
      {
        style: 'fops',
        label: program.model.parkedFileKinds.includes(kind) ? 'f_op' : 'access',
        changed: options.previous !== undefined && isNormal(options.previous) !== isNormal(state),
      },
    );
  });
}

function cdevEdges(input: GraphInput): readonly EdgeView[] {
  return nodeCatalogOf(input.program).nodes.flatMap(({ id, source }) =>
    source.kind === 'deviceNode'
      ? routedEdge(input, `cdev:${id}`, id, nodeIdOf(source.slot), {
          style: 'embedded',
          label: 'cdev',
        })
      : [],
  );
}

function routedEdge(
  input: GraphInput,
  id: string,
  from: string,
  to: string,
  traits: EdgeTraits,
): readonly EdgeView[] {
  const { layout } = input;
  return unroutedEdge(input, id, from, to, traits).map((edge) => {
    const make = (): EdgeView => ({ ...edge, ...routeEdge(layout, edge.source, edge.target) });
    return edge.dangling || edge.changed
      ? make()
      : memoizeEdge(layout, `${id} ${edge.target} ${edge.style}`, make);
  });
}
