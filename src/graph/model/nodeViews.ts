import { evaluate } from '../../kernel/language/expressions';
import { callErrorText } from '../../kernel/language/errno';
import { waitText } from '../../kernel/machine/describeEvent';
import { isStoreBufferFlush } from '../../kernel/compiler/storeBuffers';
import {
  callResult,
  currentCall,
  currentWait,
  inCall,
  isEnabled,
  isWaitForCall,
  nextStep,
} from '../../kernel/machine/machine';
import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import { accessBeforeBind } from '../../kernel/language/accessBeforeBind';
import { MAX_BADGE_WIDTH } from '../layout/badgeRect';
import type { NodePlacement } from '../layout/graphLayout';
import { accessFlagOf } from './accessText';
import { memoizeByLayout } from '../layout/memoizeByLayout';
import { textRowsIn } from '../layout/textFit';
import { edgeFieldsOf } from './edgeFields';
import { chooseVisibleFields, fieldViewsOf, violatedFields } from './fieldViews';
import { foldedGroupView } from './foldedGroupView';
import type {
  Badge,
  FdView,
  FopsView,
  NodeView,
  ObjectView,
  PlacedNode,
  ProcessView,
  TaskView,
} from './graph';
import {
  fieldValue,
  isFreed,
  isLive,
  pointerTarget,
  viewCacheEntry,
  type GraphInput,
} from './graphInput';
import type { NodeSpec } from './nodeCatalog';
import { describeWait, taskRef } from './taskWaits';

const NO_BADGES: readonly Badge[] = [];

const memoizeNode = memoizeByLayout<NodeView>();

/** The nodes of a state that the layout has a place for. */
export function nodeViews(input: GraphInput): readonly NodeView[] {
  return presentNodes(input).flatMap((spec) => {
    const placement = input.layout.placements.get(spec.id);
    return placement ? [nodeView(input, spec, placement)] : [];
  });
}

/** What exists in a state: live objects, processes, and freed objects that a live one still points at or that have a violation. */
export function presentNodes(input: GraphInput): readonly NodeSpec[] {
  const visibleFreed = visibleFreedObjects(input);
  return input.layout.catalog.nodes.filter(({ source }) => {
    switch (source.kind) {
      case 'process':
        return isListedOrActs(input.program, source.process);
      case 'object':
        return isLive(input, source.slot) || visibleFreed.has(source.slot.index);
      case 'deviceNode':
        return fieldValue(input, source.field) === 1 && isLive(input, source.slot);
      case 'fops':
        return isCheckedFileOpen(input);
      case 'foldedGroup':
        return true;
    }
  });
}

/** The kernel side is a node only if it makes calls. */
function isListedOrActs({ world, tasks }: Program, process: string): boolean {
  return world.processes.includes(process) || tasks.some((task) => task.process === process);
}

/** Whether a file is open that is subject to the access check. */
function isCheckedFileOpen(input: GraphInput): boolean {
  const { files, objects } = input.program;
  return files.some(({ normalAccess, object }) => {
    const slot = objects[object];
    return normalAccess !== undefined && slot !== undefined && isLive(input, slot);
  });
}

function nodeView(input: GraphInput, { id, source }: NodeSpec, placement: NodePlacement): NodeView {
  const { layout } = input;
  const placed: PlacedNode = {
    id,
    placement,
    badgeExtends: 'right',
    maxBadgeWidth: MAX_BADGE_WIDTH,
  };
  switch (source.kind) {
    case 'process':
      return processView(input, source.process, placed);
    case 'object':
      return objectView(input, source.slot, placed);
    case 'deviceNode':
      return memoizeNode(layout, id, () => ({
        ...placed,
        kind: 'deviceNode',
        path: source.path,
        field: source.field,
        name: source.slot.name,
        objects: [source.slot.index],
        badges: NO_BADGES,
      }));
    case 'fops':
      return fopsView(input, source.table, placed);
    case 'foldedGroup':
      return foldedGroupView(input, source.group, placed);
  }
}

/** Freed objects (indices) that a live one still points at, or that have a violation badge. */
function visibleFreedObjects(input: GraphInput): ReadonlySet<number> {
  const { program, options } = input;
  const visible = new Set<number>();
  for (const slot of program.objects) {
    if (isLive(input, slot))
      for (const [, field] of edgeFieldsOf(program, slot).pointers) {
        const target = pointerTarget(input, field);
        if (target && isFreed(input, target)) visible.add(target.index);
      }
    if (
      isFreed(input, slot) &&
      options.badges?.get(slot.name)?.some((badge) => badge.kind === 'violation')
    )
      visible.add(slot.index);
  }
  return visible;
}

function objectView(input: GraphInput, slot: ObjectSlot, placed: PlacedNode): ObjectView {
  const cached = viewCacheEntry(input, slot);
  if (!cached) return makeObjectView(input, slot, placed);
  cached.view ??= makeObjectView(input, slot, placed);
  return cached.view;
}

function makeObjectView(input: GraphInput, slot: ObjectSlot, placed: PlacedNode): ObjectView {
  const { program, state, options } = input;
  const file =
    slot.type === 'file' ? program.files.find(({ object }) => object === slot.index) : undefined;
  const swapsFops = file !== undefined && program.model.parkedFileKinds.includes(file.kind);
  const badges = options.badges?.get(slot.name) ?? NO_BADGES;
  const { releaser: releaserField } = slot.fields;
  const releaser = releaserField === undefined ? 0 : fieldValue(input, releaserField);
  const fields = fieldViewsOf(program, state, options.previous, slot, options.events);
  return {
    ...placed,
    kind: 'object',
    type: slot.type,
    title: slot.name,
    name: slot.name,
    objects: [slot.index],
    freed: !isLive(input, slot),
    access: file?.normalAccess
      ? evaluate(file.normalAccess, state)
        ? 'normal'
        : 'parked'
      : undefined,
    accessFlag:
      file?.normalAccess !== undefined && !swapsFops
        ? (accessFlagOf(program.model) ?? 'granted')
        : undefined,
    releaser: releaser > 0 ? taskRef(program, releaser - 1) : undefined,
    fields,
    visibleFields: chooseVisibleFields(
      program,
      slot,
      fields,
      textRowsIn(placed.placement.height),
      violatedFields(program, state, slot, badges),
    ),
    badges,
  };
}

function processView(input: GraphInput, process: string, placed: PlacedNode): ProcessView {
  const { program, options } = input;
  const index = program.world.processes.indexOf(process);
  return {
    ...placed,
    kind: 'process',
    title: process,
    name: process,
    process: index,
    driver: index < 0,
    objects: [],
    badges: options.badges?.get(process) ?? NO_BADGES,
    tasks: program.tasks
      .filter((task) => task.process === process)
      .map((task) => taskView(input, task.index)),
    fds: program.fds
      .filter((fd) => fd.process === process && fieldValue(input, fd.installed) === 1)
      .map(({ name }): FdView => ({ name, number: options.fdNumbers?.get(name) })),
  };
}

function taskView(input: GraphInput, index: number): TaskView {
  const { program, state } = input;
  const task = taskRef(program, index);
  const current = currentCall(program, state, index);
  const step = nextStep(program, state, index);
  if (!current || !step) return finishedTaskView(input, index);
  if (isStoreBufferFlush(program, index))
    return { task, status: 'idle', call: 'store buffer', detail: step.title, brief: '' };
  const { call } = current.call;
  const hasBegun = inCall(program, state, index);
  const wait = isEnabled(program, state, index) ? undefined : currentWait(program, state, index);
  if (wait && (hasBegun || !isWaitForCall(wait)))
    return {
      task,
      status: 'waiting',
      call,
      detail: describeWait(program, state, wait),
      brief: `for ${waitText(program, wait)}`,
    };
  if (hasBegun)
    return { task, status: 'running', call, detail: `${step.id} ${step.title}`, brief: step.title };
  const detail = wait ? describeWait(program, state, wait) : '';
  return { task, status: 'idle', call, detail, brief: detail };
}

/** A task that has made all its calls: the last one if it failed, else how many failed. */
function finishedTaskView({ program, state }: GraphInput, index: number): TaskView {
  const task = taskRef(program, index);
  const calls = program.calls.filter((each) => each.task === index);
  const failures = calls.flatMap(({ index: call, call: { call: name } }) => {
    const errno = callResult(program, state, call);
    return errno === 0 ? [] : [{ call, name, error: callErrorText(errno) }];
  });
  const last = failures.at(-1);
  if (!last) return { task, status: 'done', call: '', detail: '', brief: '' };
  if (last.call === calls.at(-1)?.index) {
    const error = `failed: ${last.error}`;
    return { task, status: 'refused', call: last.name, detail: error, brief: error };
  }
  const count = `${failures.length} call${failures.length === 1 ? '' : 's'} failed`;
  return {
    task,
    status: 'refused',
    call: count,
    detail: `all calls made, of which failed: ${failures.map(({ name, error }) => `${name} (${error})`).join(', ')}`,
    brief: `${last.name}: ${last.error}`,
  };
}

/** One side of the access check. */
function fopsView(input: GraphInput, table: FopsView['table'], placed: PlacedNode): FopsView {
  const { model } = input.program;
  const operations =
    table === 'parked'
      ? ['bind', ...accessBeforeBind(model).reachableOps]
      : ['read', 'write', 'mmap', 'ioctl'];
  return {
    ...placed,
    kind: 'fops',
    table,
    accessFlag: accessFlagOf(model),
    allows: operations.length > 1 ? operations.join(', ') : `${operations[0]} only`,
    name: placed.id,
    objects: [],
    badges: NO_BADGES,
  };
}
