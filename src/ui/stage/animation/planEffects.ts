import type {
  EdgeView,
  Graph,
  NodeView,
  ObjectView,
  FieldView,
  TaskRef,
} from '../../../graph/model/graph';
import type { Point } from '../../../graph/layout/geometry';
import { NODE_HEADER_HEIGHT, TEXT_ROW_HEIGHT } from '../../../graph/layout/nodeMetrics';
import { textRowsAbove } from '../../../graph/layout/textFit';
import { newlyReachable } from '../../../graph/model/newlyReachable';
import { MAX_EFFECT_MS, QUEUE_HEAD_OFFSET, type Effect, type EffectKind } from './effect';

/** A larger difference (a seek, another scenario) is not animated. */
const MAX_EFFECTS = 40;
/** When a swap shows the new fops, ms. */
const FOPS_SWAPPED_MS = 250;

/**
 * The effects of a step, from the difference of its graphs alone. `process` is the node id of the process that made the step.
 */
export function planEffects(before: Graph, after: Graph, process?: string): readonly Effect[] {
  const actor = actingTask(after, process);
  const oldNodes = new Map(before.nodes.map((node) => [node.id, node]));
  const newNodes = new Map(after.nodes.map((node) => [node.id, node]));
  const effects: Effect[] = [];
  for (const node of before.nodes)
    if (isRemoved(node, newNodes.get(node.id))) effects.push(nodeEffect('free', node, '', 220));
  for (const node of after.nodes) {
    const old = oldNodes.get(node.id);
    if (old === node) continue;
    if (!old) effects.push(nodeEffect('alloc', node, '', 260));
    else if (old.kind === 'object' && node.kind === 'object')
      effects.push(...objectEffects(old, node, before, after));
    effects.push(...badgeEffects(old, node));
  }
  effects.push(...freedUseEffects(before, after));
  const acted = effects.map((effect) =>
    ACTED_KINDS.has(effect.kind) && actor ? { ...effect, ...actor } : effect,
  );
  return effects.length > MAX_EFFECTS ? [] : acted;
}

/** Effects in which the task that made the step takes part. */
const ACTED_KINDS: ReadonlySet<EffectKind> = new Set(['count', 'claim', 'refusal', 'useFreed']);

/** The mark of the process that made the step, and where its task is. */
function actingTask(
  { nodes }: Graph,
  process: string | undefined,
): Pick<Effect, 'mark' | 'other'> | undefined {
  const node = nodes.find(({ id }) => id === process);
  if (node?.kind !== 'process') return undefined;
  const { x, y } = node.placement;
  return {
    mark: { name: node.title, process: node.process },
    other: { x: x + 14, y: y + NODE_HEADER_HEIGHT + TEXT_ROW_HEIGHT / 2 },
  };
}

/** A task that uses freed memory since the last step. */
function freedUseEffects(before: Graph, after: Graph): readonly Effect[] {
  const known = new Set(before.edges.map(({ id }) => id));
  return after.edges.flatMap(({ id, style, target }) => {
    const node = after.nodes.find((each) => each.id === target);
    return style === 'use' && !known.has(id) && node ? [nodeEffect('useFreed', node, '', 380)] : [];
  });
}

function isRemoved(node: NodeView, next: NodeView | undefined): boolean {
  return !next || (node.kind === 'object' && next.kind === 'object' && !node.freed && next.freed);
}

function objectEffects(old: ObjectView, node: ObjectView, before: Graph, after: Graph): Effect[] {
  const effects = node.fields.flatMap((row) => {
    const oldRow = old.fields.find(({ name }) => name === row.name);
    return oldRow ? rowEffects(oldRow, row, node, after) : [];
  });
  if (old.access !== node.access && node.access)
    effects.push(...accessEffects(node, before, after));
  return effects;
}

/** The f_op edge moves to the other fops, or the access flag changes; then everything that becomes reachable is highlighted. */
function accessEffects(node: ObjectView, before: Graph, after: Graph): Effect[] {
  const oldEdge = fopsEdge(before, node.id);
  const newEdge = fopsEdge(after, node.id);
  const normalFops = after.nodes.find(({ id }) => id === 'fops:normal');
  const change: Effect = {
    ...baseEffect(node.accessFlag && normalFops ? normalFops : node),
    kind: node.accessFlag ? 'access' : 'swap',
    accessFlag: node.accessFlag,
    node: node.id,
    edgePaths: oldEdge && newEdge && [oldEdge.waypoints, newEdge.waypoints],
    text: node.access ?? '',
    duration: 360,
  };
  if (node.access !== 'normal') return [change];
  const { nodes, edges } = newlyReachable(after);
  const afterSwap = { delay: FOPS_SWAPPED_MS, duration: MAX_EFFECT_MS - FOPS_SWAPPED_MS };
  return [
    change,
    ...after.nodes
      .filter(({ id }) => nodes.has(id))
      .map((reached) => ({ ...nodeEffect('reachNode', reached, '', 0), ...afterSwap })),
    ...[...edges].map((id) => ({
      ...baseEffect(node),
      kind: 'reachEdge' as const,
      text: id,
      ...afterSwap,
    })),
  ];
}

function fopsEdge(graph: Graph, file: string): EdgeView | undefined {
  return graph.edges.find((edge) => edge.style === 'fops' && edge.source === file);
}

function rowEffects(old: FieldView, row: FieldView, node: ObjectView, after: Graph): Effect[] {
  const position = rowPoint(node, row.name);
  const rowEffect = (kind: EffectKind, changes: Partial<Effect> = {}): Effect => ({
    ...baseEffect(node),
    kind,
    row: row.name,
    from: position,
    to: position,
    duration: 320,
    ...changes,
  });
  if (row.kind === 'mutex') return mutexEffects(old, row, position, rowEffect, after);
  const memoryOrder =
    row.memoryOrder && row.memoryOrder !== old.memoryOrder
      ? [rowEffect('memoryOrder', { text: row.memoryOrder, duration: 360 })]
      : [];
  if (old.text === row.text) return memoryOrder;
  return [...memoryOrder, ...valueEffects(old, row, rowEffect)];
}

/** Fields that say who owns something: setting one is a claim. */
const OWNER_FIELD = /owner/;

function isUnset({ text }: FieldView): boolean {
  return text === 'NULL' || text === '0';
}

type MakeRowEffect = (kind: EffectKind, changes?: Partial<Effect>) => Effect;

function mutexEffects(
  old: FieldView,
  row: FieldView,
  position: Point,
  rowEffect: MakeRowEffect,
  after: Graph,
): Effect[] {
  const effects: Effect[] = [];
  if (old.owner && old.owner.name !== row.owner?.name)
    effects.push(
      rowEffect('release', {
        to: taskPosition(after, old.owner) ?? position,
        mark: old.owner,
        text: row.name,
        duration: 260,
      }),
    );
  if (row.owner && row.owner.name !== old.owner?.name) {
    const hadWaited = old.queue.some(({ name }) => name === row.owner?.name);
    effects.push(
      rowEffect(hadWaited ? 'handover' : 'acquire', {
        from: hadWaited ? queueHeadPoint(position) : (taskPosition(after, row.owner) ?? position),
        mark: row.owner,
        text: row.name,
        duration: 340,
      }),
    );
  }
  const newWaiters = row.queue.filter(
    (waiter) => !old.queue.some(({ name }) => name === waiter.name),
  );
  effects.push(
    ...newWaiters.map((waiter) =>
      rowEffect('contend', {
        from: taskPosition(after, waiter) ?? position,
        to: queueHeadPoint(position),
        other: position,
        mark: waiter,
        text: row.name,
        duration: 380,
      }),
    ),
  );
  return effects;
}

function valueEffects(old: FieldView, row: FieldView, rowEffect: MakeRowEffect): Effect[] {
  if (row.kind === 'completion') return [rowEffect('complete', { text: row.text })];
  if (OWNER_FIELD.test(row.name) && isUnset(old) && !isUnset(row))
    return [rowEffect('claim', { text: row.text, duration: 380 })];
  const change = Number(row.text) - Number(old.text);
  if (
    row.kind !== 'pointer' &&
    row.kind !== 'fops' &&
    row.kind !== 'bool' &&
    Number.isFinite(change)
  )
    return [rowEffect('count', { text: change > 0 ? `+${change}` : `−${-change}` })];
  return [rowEffect('write', { text: row.text })];
}

function badgeEffects(old: NodeView | undefined, node: NodeView): Effect[] {
  return node.badges
    .filter(
      (badge) =>
        !old?.badges.some(({ title, text }) => title === badge.title && text === badge.text),
    )
    .map((badge) =>
      nodeEffect(badge.kind === 'errno' ? 'refusal' : 'violation', node, badge.title, 360),
    );
}

function baseEffect(node: NodeView): Effect {
  const { x, y, width, height } = node.placement;
  return {
    kind: 'write',
    node: node.id,
    row: undefined,
    corner: { x, y },
    from: { x, y },
    to: { x, y },
    other: undefined,
    edgePaths: undefined,
    size: { width, height },
    text: '',
    mark: undefined,
    accessFlag: undefined,
    delay: 0,
    duration: 300,
  };
}

function nodeEffect(kind: EffectKind, node: NodeView, text: string, duration: number): Effect {
  return { ...baseEffect(node), kind, text, duration };
}

/** The row of a task in the node of its process. */
function taskPosition(graph: Graph, { name }: TaskRef): Point | undefined {
  for (const node of graph.nodes) {
    if (node.kind !== 'process') continue;
    const index = node.tasks.findIndex(({ task }) => task.name === name);
    if (index >= 0)
      return {
        x: node.placement.x + 14,
        y: node.placement.y + NODE_HEADER_HEIGHT + (index * 2 + 0.5) * TEXT_ROW_HEIGHT,
      };
  }
  return undefined;
}

/** The first waiter of a lock row, beside the owner at `x`. */
function queueHeadPoint({ x, y }: Point): Point {
  return { x: x + QUEUE_HEAD_OFFSET, y };
}

/** The center of a row's value; if the row is hidden, of the node's header. */
function rowPoint(node: ObjectView, name: string): Point {
  const { x, y, width } = node.placement;
  const rowsAbove = textRowsAbove(node, name);
  return {
    x: x + width - 36,
    y:
      y +
      (rowsAbove === undefined
        ? NODE_HEADER_HEIGHT / 2
        : NODE_HEADER_HEIGHT + (rowsAbove + 0.5) * TEXT_ROW_HEIGHT),
  };
}
