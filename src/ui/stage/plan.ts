import type { EdgeView, Graph, NodeView, ObjectView, Row, TaskMark } from '../../graph/graph';
import { HEADER, ROW } from '../../graph/lanes';
import { rowsAbove } from '../../graph/lettering';
import { newReach } from '../../graph/reach';
import { LONGEST, type Effect, type EffectKind, type Point } from './effect';

/** More than this at once tells nobody anything (a seek, a new scenario). */
const MOST = 40;
/** When a file has taken its new table, ms. */
const REACHED = 250;

/** The movements from one graph to the next: planned from the difference alone, no event knows about animation. */
export function planEffects(before: Graph, after: Graph, actor?: string): readonly Effect[] {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Map(after.nodes.map((node) => [node.id, node]));
  const effects: Effect[] = [];
  for (const node of before.nodes)
    if (leaves(node, now.get(node.id))) effects.push(whole('free', node, '', 220));
  for (const node of after.nodes) {
    const was = old.get(node.id);
    if (was === node) continue;
    if (!was) effects.push(whole('alloc', node, '', 260));
    else if (was.kind === 'object' && node.kind === 'object')
      effects.push(...changes(was, node, before, after));
    effects.push(...newBadges(was, node));
  }
  return effects.length > MOST ? [] : aimed(effects, after, actor);
}

/** A release goes to the gate that it opens, an acquire to whoever reads. */
function aimed(
  effects: readonly Effect[],
  after: Graph,
  actor: string | undefined,
): readonly Effect[] {
  const gate = effects.find(({ kind }) => kind === 'gate');
  const reader = after.nodes.find(({ id }) => id === actor);
  return effects.map((effect) => {
    if (effect.kind !== 'order') return effect;
    if (effect.text === 'release')
      return gate ? { ...effect, to: middleOf(gate.from, gate.size) } : effect;
    return reader
      ? {
          ...effect,
          to: { x: reader.place.x + reader.place.width / 2, y: reader.place.y + HEADER + ROW / 2 },
        }
      : effect;
  });
}

function middleOf({ x, y }: Point, { width, height }: Effect['size']): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

function leaves(node: NodeView, next: NodeView | undefined): boolean {
  return !next || (node.kind === 'object' && next.kind === 'object' && !node.ghost && next.ghost);
}

function changes(was: ObjectView, node: ObjectView, before: Graph, after: Graph): Effect[] {
  const effects = node.rows.flatMap((row) => {
    const old = was.rows.find((each) => each.name === row.name);
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
    ...base(node.gated && door ? door : node),
    kind: node.gated ? 'gate' : 'swap',
    node: node.id,
    ways: old && now && [cornersOf(old.path), cornersOf(now.path)],
    text: node.access ?? '',
    duration: 360,
  };
  if (node.access !== 'normal') return [turn];
  const { nodes, edges } = newReach(after);
  const late = { delay: REACHED, duration: LONGEST - REACHED };
  return [
    turn,
    ...[...nodes]
      .flatMap((id) => after.nodes.filter((each) => each.id === id))
      .map((each) => ({ ...whole('reach', each, '', 0), ...late })),
    ...[...edges].map((id) => ({ ...base(node), kind: 'open' as const, text: id, ...late })),
  ];
}

/** The corners of a path as edgePath draws it: where it begins, the control points of its bends, where it ends. */
function cornersOf(path: string): readonly Point[] {
  const points = [...path.matchAll(/([MLQ])(-?[\d.]+),(-?[\d.]+)/g)].map(
    ([, command = '', x, y]) => ({ command, x: Number(x), y: Number(y) }),
  );
  return points
    .filter(({ command }, i) => command !== 'L' || i === points.length - 1)
    .map(({ x, y }) => ({ x, y }));
}

function fopsEdge(graph: Graph, file: string): EdgeView | undefined {
  return graph.edges.find((edge) => edge.style === 'fops' && edge.source === file);
}

function rowEffects(was: Row, row: Row, node: ObjectView, after: Graph): Effect[] {
  const at = rowPoint(node, row.name);
  const one = (kind: EffectKind, more: Partial<Effect> = {}): Effect => ({
    ...base(node),
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
          to: seat(after, was.owner) ?? at,
          mark: was.owner,
          text: row.name,
          duration: 260,
        }),
      );
    if (row.owner && row.owner.name !== was.owner?.name) {
      const waited = was.queue.some((mark) => mark.name === row.owner?.name);
      effects.push(
        one(waited ? 'handover' : 'take', {
          from: waited ? queuePoint(at) : (seat(after, row.owner) ?? at),
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
          from: seat(after, mark) ?? at,
          to: queuePoint(at),
          mark,
          text: row.name,
          duration: 380,
        }),
      ),
    );
    return effects;
  }
  const order =
    row.order && row.order !== was.order ? [one('order', { text: row.order, duration: 360 })] : [];
  if (was.text === row.text) return order;
  return [...order, ...valueEffects(was, row, one)];
}

function valueEffects(
  was: Row,
  row: Row,
  one: (kind: EffectKind, more?: Partial<Effect>) => Effect,
): Effect[] {
  if (row.kind === 'completion') return [one('complete', { text: row.text })];
  const by = Number(row.text) - Number(was.text);
  if (row.kind !== 'pointer' && row.kind !== 'fops' && row.kind !== 'bool' && Number.isFinite(by))
    return [one('count', { text: by > 0 ? `+${by}` : `−${-by}` })];
  return [one('write', { text: row.text })];
}

function newBadges(was: NodeView | undefined, node: NodeView): Effect[] {
  return node.badges
    .filter(
      (badge) =>
        !was?.badges.some((each) => each.title === badge.title && each.text === badge.text),
    )
    .map((badge) => whole(badge.kind === 'errno' ? 'refuse' : 'violate', node, badge.title, 360));
}

function base(node: NodeView): Effect {
  const { x, y, width, height } = node.place;
  return {
    kind: 'write',
    node: node.id,
    row: undefined,
    from: { x, y },
    to: { x, y },
    ways: undefined,
    size: { width, height },
    text: '',
    mark: undefined,
    delay: 0,
    duration: 300,
  };
}

function whole(kind: EffectKind, node: NodeView, text: string, duration: number): Effect {
  return { ...base(node), kind, text, duration };
}

/** Where a task sits on the stage: its row in the node of its process. */
function seat(graph: Graph, mark: TaskMark): Point | undefined {
  for (const node of graph.nodes) {
    if (node.kind !== 'process') continue;
    const index = node.tasks.findIndex((task) => task.mark.name === mark.name);
    if (index >= 0)
      return { x: node.place.x + 14, y: node.place.y + HEADER + (index * 2 + 0.5) * ROW };
  }
  return undefined;
}

/** Where the first in line stands, beside the owner. */
function queuePoint({ x, y }: Point): Point {
  return { x: x + 34, y };
}

/** The middle of a row's value; of one that is not shown, the node's first line. */
function rowPoint(node: ObjectView, name: string): Point {
  const { x, y, width } = node.place;
  const above = rowsAbove(node, name);
  return {
    x: x + width - 36,
    y: y + (above === undefined ? HEADER / 2 : HEADER + (above + 0.5) * ROW),
  };
}
