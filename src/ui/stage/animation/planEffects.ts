import type {
  EdgeView,
  Graph,
  NodeView,
  ObjectView,
  FieldView,
  TaskRef,
} from '../../../graph/model/graph';
import type { Point } from '../../../graph/layout/geometry';
import { NODE_HEADER_HEIGHT, TEXT_ROW_HEIGHT } from '../../../graph/layout/lanes';
import { textRowsAbove } from '../../../graph/layout/textFit';
import { newlyReachable } from '../../../graph/model/newlyReachable';
import { MAX_EFFECT_MS, type Effect, type EffectKind } from './effect';

/** More than this at once tells nobody anything (a seek, a new scenario). */
const MAX_EFFECTS = 40;
/** When a file has taken its new table, ms. */
const FOPS_SWAPPED_MS = 250;

/** The movements from one graph to the next: planned from the difference alone, no event knows about animation. */
export function planEffects(before: Graph, after: Graph, actor?: string): readonly Effect[] {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Map(after.nodes.map((node) => [node.id, node]));
  const effects: Effect[] = [];
  for (const node of before.nodes)
    if (isRemoved(node, now.get(node.id))) effects.push(nodeEffect('free', node, '', 220));
  for (const node of after.nodes) {
    const was = old.get(node.id);
    if (was === node) continue;
    if (!was) effects.push(nodeEffect('alloc', node, '', 260));
    else if (was.kind === 'object' && node.kind === 'object')
      effects.push(...objectEffects(was, node, before, after));
    effects.push(...badgeEffects(was, node));
  }
  return effects.length > MAX_EFFECTS ? [] : withOrderTargets(effects, after, actor);
}

/** A release goes to the gate that it opens, an acquire to whoever reads. */
function withOrderTargets(
  effects: readonly Effect[],
  after: Graph,
  actor: string | undefined,
): readonly Effect[] {
  const gate = effects.find(({ kind }) => kind === 'gate');
  const reader = after.nodes.find(({ id }) => id === actor);
  return effects.map((effect) => {
    if (effect.kind !== 'order') return effect;
    if (effect.text === 'release')
      return gate ? { ...effect, to: centerOf(gate.from, gate.size) } : effect;
    return reader
      ? {
          ...effect,
          to: {
            x: reader.placement.x + reader.placement.width / 2,
            y: reader.placement.y + NODE_HEADER_HEIGHT + TEXT_ROW_HEIGHT / 2,
          },
        }
      : effect;
  });
}

function centerOf({ x, y }: Point, { width, height }: Effect['size']): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

function isRemoved(node: NodeView, next: NodeView | undefined): boolean {
  return !next || (node.kind === 'object' && next.kind === 'object' && !node.freed && next.freed);
}

function objectEffects(was: ObjectView, node: ObjectView, before: Graph, after: Graph): Effect[] {
  const effects = node.fields.flatMap((row) => {
    const old = was.fields.find((each) => each.name === row.name);
    return old ? rowEffects(old, row, node, after) : [];
  });
  if (was.access !== node.access && node.access)
    effects.push(...accessEffects(node, before, after));
  return effects;
}

/** The f_op edge lets go of one table and takes the other, and where no fops are swapped the gate opens or shuts; then what the file can reach lights up. */
function accessEffects(node: ObjectView, before: Graph, after: Graph): Effect[] {
  const old = fopsEdge(before, node.id);
  const now = fopsEdge(after, node.id);
  const door = after.nodes.find(({ id }) => id === 'fops:normal');
  const turn: Effect = {
    ...baseEffect(node.usesAccessFlag && door ? door : node),
    kind: node.usesAccessFlag ? 'gate' : 'swap',
    node: node.id,
    edgePaths: old && now && [old.waypoints, now.waypoints],
    text: node.access ?? '',
    duration: 360,
  };
  if (node.access !== 'normal') return [turn];
  const { nodes, edges } = newlyReachable(after);
  const late = { delay: FOPS_SWAPPED_MS, duration: MAX_EFFECT_MS - FOPS_SWAPPED_MS };
  return [
    turn,
    ...[...nodes]
      .flatMap((id) => after.nodes.filter((each) => each.id === id))
      .map((each) => ({ ...nodeEffect('reach', each, '', 0), ...late })),
    ...[...edges].map((id) => ({ ...baseEffect(node), kind: 'open' as const, text: id, ...late })),
  ];
}

function fopsEdge(graph: Graph, file: string): EdgeView | undefined {
  return graph.edges.find((edge) => edge.style === 'fops' && edge.source === file);
}

function rowEffects(was: FieldView, row: FieldView, node: ObjectView, after: Graph): Effect[] {
  const at = rowPoint(node, row.name);
  const one = (kind: EffectKind, more: Partial<Effect> = {}): Effect => ({
    ...baseEffect(node),
    kind,
    row: row.name,
    from: at,
    to: at,
    duration: 320,
    ...more,
  });
  if (row.kind === 'mutex') {
    const effects: Effect[] = [];
    if (was.owner && was.owner.name !== row.owner?.name)
      effects.push(
        one('release', {
          to: taskPosition(after, was.owner) ?? at,
          mark: was.owner,
          text: row.name,
          duration: 260,
        }),
      );
    if (row.owner && row.owner.name !== was.owner?.name) {
      const waited = was.queue.some((mark) => mark.name === row.owner?.name);
      effects.push(
        one(waited ? 'handover' : 'take', {
          from: waited ? queueHeadPoint(at) : (taskPosition(after, row.owner) ?? at),
          mark: row.owner,
          text: row.name,
          duration: 340,
        }),
      );
    }
    const newcomers = row.queue.filter((mark) =>
      was.queue.every((each) => each.name !== mark.name),
    );
    effects.push(
      ...newcomers.map((mark) =>
        one('contend', {
          from: taskPosition(after, mark) ?? at,
          to: queueHeadPoint(at),
          mark,
          text: row.name,
          duration: 380,
        }),
      ),
    );
    return effects;
  }
  const order =
    row.memoryOrder && row.memoryOrder !== was.memoryOrder
      ? [one('order', { text: row.memoryOrder, duration: 360 })]
      : [];
  if (was.text === row.text) return order;
  return [...order, ...valueEffects(was, row, one)];
}

function valueEffects(
  was: FieldView,
  row: FieldView,
  one: (kind: EffectKind, more?: Partial<Effect>) => Effect,
): Effect[] {
  if (row.kind === 'completion') return [one('complete', { text: row.text })];
  const by = Number(row.text) - Number(was.text);
  if (row.kind !== 'pointer' && row.kind !== 'fops' && row.kind !== 'bool' && Number.isFinite(by))
    return [one('count', { text: by > 0 ? `+${by}` : `−${-by}` })];
  return [one('write', { text: row.text })];
}

function badgeEffects(was: NodeView | undefined, node: NodeView): Effect[] {
  return node.badges
    .filter(
      (badge) =>
        !was?.badges.some((each) => each.title === badge.title && each.text === badge.text),
    )
    .map((badge) =>
      nodeEffect(badge.kind === 'errno' ? 'refuse' : 'violate', node, badge.title, 360),
    );
}

function baseEffect(node: NodeView): Effect {
  const { x, y, width, height } = node.placement;
  return {
    kind: 'write',
    node: node.id,
    row: undefined,
    from: { x, y },
    to: { x, y },
    edgePaths: undefined,
    size: { width, height },
    text: '',
    mark: undefined,
    delay: 0,
    duration: 300,
  };
}

function nodeEffect(kind: EffectKind, node: NodeView, text: string, duration: number): Effect {
  return { ...baseEffect(node), kind, text, duration };
}

/** Where a task sits on the stage: its row in the node of its process. */
function taskPosition(graph: Graph, mark: TaskRef): Point | undefined {
  for (const node of graph.nodes) {
    if (node.kind !== 'process') continue;
    const index = node.tasks.findIndex((task) => task.task.name === mark.name);
    if (index >= 0)
      return {
        x: node.placement.x + 14,
        y: node.placement.y + NODE_HEADER_HEIGHT + (index * 2 + 0.5) * TEXT_ROW_HEIGHT,
      };
  }
  return undefined;
}

/** Where the first in line stands, beside the owner. */
function queueHeadPoint({ x, y }: Point): Point {
  return { x: x + 34, y };
}

/** The middle of a row's value; of one that is not shown, the node's first line. */
function rowPoint(node: ObjectView, name: string): Point {
  const { x, y, width } = node.placement;
  const above = textRowsAbove(node, name);
  return {
    x: x + width - 36,
    y:
      y +
      (above === undefined
        ? NODE_HEADER_HEIGHT / 2
        : NODE_HEADER_HEIGHT + (above + 0.5) * TEXT_ROW_HEIGHT),
  };
}
