import { fopsTitle } from '../graph/model/accessText';
import { badgeRect } from '../graph/layout/badgeRect';
import { processShapeAt } from '../graph/model/processShape';
import { arrowHeadOf, arrowHeadPath } from '../graph/routing/arrowHeads';
import {
  isTaskEdge,
  type EdgeView,
  type Graph,
  type NodeView,
  type ObjectView,
  type ProcessView,
  type FieldView,
} from '../graph/model/graph';
import { NODE_HEADER_HEIGHT, TEXT_ROW_HEIGHT } from '../graph/layout/nodeMetrics';
import { ZONE_TITLE_WIDTH, type LaneZone } from '../graph/layout/graphLayout';
import { fitCall, textRowsIn, fitField } from '../graph/layout/textFit';
import { CHAR_WIDTH, edgePaint, FILLED_HEADS, processPaintAt } from './svgPaint';
import { escapeXml } from './xml';

/** Left and right in a node. */
const NODE_PADDING = 7;
/** Character widths of the smaller and of the title font. */
const SMALL_CHAR_WIDTH = 6.25;
const TITLE_CHAR_WIDTH = 7.3;
/** The glyphs of a line may be that much narrower than usual. */
const MIN_NARROWING = 0.85;
/** Of a process beside its name, px. */
const MARK_SIZE = 12;

/** The mark of a process: its shape in its colour, `size` px wide. */
function svgProcessMark(process: number, x: number, y: number, size: number): string {
  return `<path class="${processPaintAt(process)}Text" fill-rule="evenodd" transform="translate(${coordinate(x)} ${coordinate(y)}) scale(${size / 16})" d="${processShapeAt(process)}"/>`;
}

/** The elements of a graph from back to front: zones, edges, nodes, edge labels, badges. */
export function drawGraph({ zones, edges, nodes }: Graph): readonly (readonly string[])[] {
  return [
    zones.map(svgZone),
    edges.map(svgEdge),
    nodes.map(svgNode),
    edges.map(svgEdgeTag),
    nodes.map(svgBadge),
  ].map((layer) => layer.filter((element) => element !== ''));
}

function svgZone({ title, x, y, width, height }: LaneZone): string {
  const at = `${coordinate(x + ZONE_TITLE_WIDTH - 5)} ${coordinate(y + height / 2)}`;
  return `<rect class="band" x="${coordinate(x)}" y="${coordinate(y)}" width="${coordinate(width)}" height="${coordinate(height)}" rx="8"/><text class="ink2 small mid" transform="translate(${at}) rotate(-90)">${escapeXml(title.toUpperCase())}</text>`;
}

function svgEdge(edge: EdgeView): string {
  const tone = edgePaint(edge);
  const { end, labelPosition } = edge;
  const label = `${edge.label}${edge.dangling ? ', freed' : ''}`;
  const dash = tone.dash === '' ? '' : ` stroke-dasharray="${tone.dash}"`;
  return (
    `<g><title>${escapeXml(`${nameInId(edge.source)}: ${label} to ${nameInId(edge.target)}`)}</title><path class="edge ${tone.stroke}" stroke-width="${tone.width}"${dash} d="${edge.path}"/>` +
    (edge.inCycle && edge.midpoint
      ? `<path class="${tone.text} ${tone.stroke}" stroke-width="1.5" d="${arrowHeadPath('arrow', edge.midpoint)}"/>`
      : '') +
    `<path class="${FILLED_HEADS.has(arrowHeadOf(edge)) ? tone.text : 'edge'} ${tone.stroke}" stroke-width="1.5" d="${arrowHeadPath(arrowHeadOf(edge), end)}"/>` +
    `${edge.dangling ? `<text class="${tone.text} small mid" x="${coordinate(labelPosition.x)}" y="${coordinate(labelPosition.y + 3)}">${escapeXml(label)}</text>` : ''}</g>`
  );
}

/** Labels of wait, hold and use edges; drawn over all nodes. */
function svgEdgeTag(edge: EdgeView): string {
  if (!isTaskEdge(edge)) return '';
  const {
    label,
    labelPosition: { x, y },
  } = edge;
  const tone = edgePaint(edge);
  const width = label.length * SMALL_CHAR_WIDTH + 12;
  return `<g><rect class="sheet ${tone.stroke}" x="${coordinate(x - width / 2)}" y="${coordinate(y - 8)}" width="${coordinate(width)}" height="16" rx="8"/><text class="${tone.text} small mid" x="${coordinate(x)}" y="${coordinate(y + 3.5)}">${escapeXml(label)}</text></g>`;
}

function svgNode(node: NodeView): string {
  const { x, y, width, height } = node.placement;
  const frame = (look: string, dash = ''): string =>
    `<rect class="sheet ${look}" x="${coordinate(x)}" y="${coordinate(y)}" width="${coordinate(width)}" height="${coordinate(height)}" rx="6"${dash}/>`;
  const chip = (title: string, look: string, second: string): string =>
    svgNodeTitle(title, look, x, y + 15, width) +
    svgText(second, 'ink2 small', x + NODE_PADDING, y + 28, width - 2 * NODE_PADDING);
  switch (node.kind) {
    case 'object':
      return `<g>${frame(node.freed ? 'bad' : node.access === 'parked' ? 'parked' : node.access === 'normal' ? 'normal' : 'strong', node.freed ? ' stroke-dasharray="4 3"' : '')}${svgObject(node)}</g>`;
    case 'process':
      return `<g>${frame(processPaintAt(node.process))}${svgProcess(node)}</g>`;
    case 'deviceNode':
      return `<g>${frame('line')}${chip(node.path.slice(node.path.lastIndexOf('/') + 1), 'ink', node.path.slice(0, node.path.lastIndexOf('/') + 1))}</g>`;
    case 'foldedGroup':
      return `<g>${frame('strong')}${svgNodeTitle(`group ${node.group}`, 'ink', x, y + 15, width)}${node.devices.map((device, i) => svgText(device.name, 'ink2', x + NODE_PADDING, y + NODE_HEADER_HEIGHT + i * TEXT_ROW_HEIGHT + 11, width - 2 * NODE_PADDING)).join('')}</g>`;
    case 'fops':
      return `<g>${frame(node.table)}${chip(fopsTitle(node.accessFlag, node.table), `${node.table}Text`, node.allows.replaceAll(',', ''))}</g>`;
  }
}

/** The first badge of a node, with the number of the others; its tooltip lists all. */
function svgBadge(node: NodeView): string {
  const [box] = badgeRect(node);
  const [first] = node.badges;
  if (!box || !first) return '';
  const violation = first.kind === 'violation';
  const more = node.badges.length > 1 ? `+${node.badges.length - 1}` : '';
  const room =
    box.width -
    2 * NODE_PADDING -
    first.title.length * TITLE_CHAR_WIDTH -
    6 -
    more.length * TITLE_CHAR_WIDTH;
  const look = violation ? 'onBad' : 'badText';
  const title =
    (first.title.length + 1 + more.length) * TITLE_CHAR_WIDTH > box.width - 2 * NODE_PADDING
      ? 'small'
      : 'name';
  const text =
    violation || room < 4 * SMALL_CHAR_WIDTH
      ? ''
      : first.text.length * SMALL_CHAR_WIDTH <= room
        ? first.text
        : `${first.text.slice(0, Math.floor(room / SMALL_CHAR_WIDTH) - 1)}…`;
  const base = coordinate(box.y + 13);
  return (
    `<g><title>${escapeXml(node.badges.map((badge) => `${badge.title} ${badge.text}`).join('; '))}</title><rect class="${violation ? 'badText' : 'sheet'} bad" x="${coordinate(box.x)}" y="${coordinate(box.y)}" width="${coordinate(box.width)}" height="${coordinate(box.height - 2)}" rx="4"/>` +
    `<text class="${look} ${title}" x="${coordinate(box.x + NODE_PADDING)}" y="${base}">${escapeXml(first.title)}</text>` +
    (text === ''
      ? ''
      : `<text class="${look} small" x="${coordinate(box.x + NODE_PADDING + first.title.length * TITLE_CHAR_WIDTH + 6)}" y="${base}">${escapeXml(text)}</text>`) +
    `${more === '' ? '' : `<text class="${look} name end" x="${coordinate(box.x + box.width - NODE_PADDING)}" y="${base}">${more}</text>`}</g>`
  );
}

/** The title of a node, in the largest size that fits. */
function svgNodeTitle(
  title: string,
  look: string,
  x: number,
  y: number,
  width: number,
  taken = 0,
): string {
  const room = width - 2 * NODE_PADDING - taken;
  const size =
    title.length * TITLE_CHAR_WIDTH <= room
      ? 'name'
      : title.length * 0.6 * 10 <= room
        ? 'name tiny'
        : 'name tiniest';
  return `<text class="${look} ${size}" x="${coordinate(x + NODE_PADDING)}" y="${coordinate(y)}">${escapeXml(title)}</text>`;
}

function svgObject(view: ObjectView): string {
  const { x, y, width, height } = view.placement;
  const room = textRowsIn(height);
  const access =
    view.access === undefined
      ? ''
      : fopsTitle(view.accessFlag, view.access).replace(/^access /, '');
  const rows = view.visibleFields.flatMap((name) => view.fields.filter((row) => row.name === name));
  const more = view.fields.length - rows.length;
  const right = access !== '' ? access : view.freed ? 'freed' : view.type;
  const fits =
    view.title.length * TITLE_CHAR_WIDTH + 6 + right.length * SMALL_CHAR_WIDTH <=
    width - 2 * NODE_PADDING;
  const head =
    svgNodeTitle(
      view.title,
      view.freed ? 'ink2 struck' : 'ink',
      x,
      y + (rows.length === 0 && room === 1 ? height / 2 + 4 : 15),
      width,
    ) +
    (fits || view.freed
      ? `<text class="${access === '' ? (view.freed ? 'badText' : 'ink2') : `${view.access ?? ''}Text`} small end${fits ? '' : ' halo paper-line'}" x="${coordinate(x + width - NODE_PADDING)}" y="${coordinate(fits ? y + 15 : y + 2)}">${escapeXml(right)}</text>`
      : '');
  const tip = `<title>${escapeXml(`struct ${view.type} ${view.title}${more > 0 ? `, ${more} more fields` : ''}`)}</title>`;
  let top = y + NODE_HEADER_HEIGHT - (room === 1 ? 4 : 0);
  return (
    tip +
    head +
    rows
      .map((row) => {
        const { lines, valueBelow: below, showsWaiterNames: named } = fitField(row, room);
        const base = top + (lines === 2 ? 12 : 11);
        top += lines * TEXT_ROW_HEIGHT;
        const end = (text: string, look: string, at: number): string =>
          `<text class="${look} end" x="${coordinate(x + width - NODE_PADDING)}" y="${coordinate(at)}">${escapeXml(text)}</text>`;
        const queue =
          row.queue.length === 0
            ? ''
            : named || lines === 2
              ? `◂ ${row.queue.map(({ name }) => name).join(' ◂ ')}`
              : `◂ ${row.queue.length}`;
        const look = row.owner
          ? `${processPaintAt(row.owner.process)}Text`
          : row.previous === undefined
            ? 'ink'
            : 'ink strongText';
        const first = svgText(
          row.name,
          'ink2 small',
          x + NODE_PADDING,
          base,
          width - 2 * NODE_PADDING,
        );
        if (lines === 1 && queue === '')
          return (
            first +
            end(
              fitFieldValue(row, width - 2 * NODE_PADDING - row.name.length * SMALL_CHAR_WIDTH - 5),
              look,
              base,
            )
          );
        if (lines === 1)
          return first + end([fieldViewText(row), queue].filter(Boolean).join(' '), look, base);
        if (below)
          return (
            first + end([fieldViewText(row), queue].filter(Boolean).join(' '), look, base + 14)
          );
        return first + end(fieldViewText(row), look, base) + end(queue, 'waitText', base + 14);
      })
      .join('')
  );
}

/** The value of a field in `room` px; at least the holder of a mutex. */
function fitFieldValue(row: FieldView, room: number): string {
  const whole = fieldViewText(row);
  if (whole.length * CHAR_WIDTH <= room || !row.owner) return whole;
  const { name } = row.owner;
  return `by ${name}`.length * CHAR_WIDTH <= room ? `by ${name}` : name;
}

function fieldViewText(row: FieldView): string {
  if (row.kind === 'mutex') return row.owner ? `held by ${row.owner.name}` : 'free';
  if (row.kind === 'bool') return row.text === '0' ? 'false' : 'true';
  return row.text;
}

function svgProcess(view: ProcessView): string {
  const { x, y, width } = view.placement;
  const alone = view.tasks.length === 1;
  const lines: { readonly text: string; readonly look: string }[] = view.tasks.flatMap((task) => {
    const { text } = fitCall(task, alone);
    const call = alone ? text : `${task.task.name} ${text}`;
    const waits = task.status === 'waiting';
    return [
      { text: `${waits ? '◂ ' : ''}${call}`, look: waits ? 'waitText' : 'ink' },
      { text: task.brief, look: waits ? 'waitText small' : 'ink2 small' },
    ];
  });
  const fds = view.fds.map((fd) => fd.name);
  if (!view.driver)
    lines.push(
      ...fdLines(fds, width - 2 * NODE_PADDING).map((text) => ({ text, look: 'ink2 small' })),
    );
  // Idle tasks give their line to a long fd table.
  const shownLines =
    lines.length > textRowsIn(view.placement.height)
      ? lines.filter(({ text }) => text !== '')
      : lines;
  return (
    svgProcessMark(view.process, x + NODE_PADDING, y + 5, MARK_SIZE) +
    svgNodeTitle(
      view.title,
      `${processPaintAt(view.process)}Text`,
      x + MARK_SIZE + 4,
      y + 15,
      width - MARK_SIZE - 4,
    ) +
    shownLines
      .map((each, i) =>
        each.text === ''
          ? ''
          : svgText(
              each.text,
              each.look,
              x + NODE_PADDING,
              y + NODE_HEADER_HEIGHT + i * TEXT_ROW_HEIGHT + 11,
              width - 2 * NODE_PADDING,
            ),
      )
      .join('')
  );
}

/** The names of fds, wrapped to lines of `room` px. */
function fdLines(fds: readonly string[], room: number): readonly string[] {
  if (fds.length === 0) return ['no fd open'];
  const lines: string[] = [];
  for (const fd of fds) {
    const last = lines.at(-1);
    if (last !== undefined && (last.length + 1 + fd.length) * SMALL_CHAR_WIDTH <= room)
      lines[lines.length - 1] = `${last} ${fd}`;
    else lines.push(lines.length === 0 ? `fds: ${fd}` : fd);
  }
  return lines;
}

/** A line of text; in a smaller font if it does not fit, then a little narrower, and if that is not enough, cut, with the whole text in a tooltip. */
function svgText(text: string, look: string, x: number, y: number, room: number): string {
  const small = look.includes('small') || text.length * CHAR_WIDTH > room;
  const narrow =
    small &&
    text.length * SMALL_CHAR_WIDTH > room &&
    text.length * SMALL_CHAR_WIDTH * MIN_NARROWING <= room;
  const most = narrow
    ? text.length
    : Math.max(1, Math.floor(room / (small ? SMALL_CHAR_WIDTH : CHAR_WIDTH)));
  const shown = text.length <= most ? text : `${text.slice(0, most - 1)}…`;
  const size = small && !look.includes('small') ? ' small' : '';
  return `<text class="${look}${size}" x="${coordinate(x)}" y="${coordinate(y)}"${narrow ? ` textLength="${coordinate(room)}" lengthAdjust="spacingAndGlyphs"` : ''}>${shown === text ? '' : `<title>${escapeXml(text)}</title>`}${escapeXml(shown)}</text>`;
}

function nameInId(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** A coordinate with one decimal. */
function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
