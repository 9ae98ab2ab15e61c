import { badgeBox } from '../graph/badgeBox';
import { badgesOf, type Deed } from '../graph/badges';
import { headOf, placedHead, type Head } from '../graph/edgeHeads';
import {
  isAct,
  type EdgeView,
  type Graph,
  type NodeView,
  type ObjectView,
  type ProcessView,
  type Row,
} from '../graph/graph';
import { HEADER, ROW } from '../graph/lanes';
import { layOutStage, NAME, type Zone } from '../graph/layout';
import { callLine, roomOf, settingOf } from '../graph/lettering';
import { toGraph } from '../graph/toGraph';
import { stateAt } from '../scenario/run';
import { makeSvgScenario } from '../scenario/svgScenario';
import type { Trace } from '../scenario/trace';
import { altText } from './altText';
import { scenarioFile } from './scenarioFile';
import type { SvgOptions } from './svgTimeline';
import { xml, xmlText } from './xml';

const MARGIN = 24;
const TITLE = 40;
const FOOT = 26;
/** Left and right in a node. */
const PAD = 7;
/** Widths of letters: every generic monospaced face is at most this wide, in the sizes of the styles below. */
const LETTER = 6.7;
const SMALL_LETTER = 6.1;
const TINY_LETTER = 5.5;
const NAME_LETTER = 7.3;

/** A colour for light and one for dark paper. */
interface Pair {
  readonly light: string;
  readonly dark: string;
}

/** Classes and what they paint; the same colours as on the page, where they reach 4.5:1 as text. */
const PAINTS: Readonly<Record<string, readonly [property: string, pair: Pair]>> = {
  paper: ['fill', { light: '#f6f7f9', dark: '#12151b' }],
  sheet: ['fill', { light: '#ffffff', dark: '#1a1e26' }],
  band: ['fill', { light: '#eceff3', dark: '#1a1f28' }],
  ink: ['fill', { light: '#171c26', dark: '#e8ebf1' }],
  ink2: ['fill', { light: '#525c6b', dark: '#a3adbc' }],
  line: ['stroke', { light: '#7f8a99', dark: '#6f7b8c' }],
  strong: ['stroke', { light: '#525c6b', dark: '#a3adbc' }],
  accent: ['fill', { light: '#2553c7', dark: '#8fb2ff' }],
  parked: ['stroke', { light: '#6b4fa0', dark: '#c0a6f5' }],
  parkedText: ['fill', { light: '#6b4fa0', dark: '#c0a6f5' }],
  normal: ['stroke', { light: '#0f7048', dark: '#5fd3a0' }],
  normalText: ['fill', { light: '#0f7048', dark: '#5fd3a0' }],
  bad: ['stroke', { light: '#b3261e', dark: '#ff9086' }],
  badText: ['fill', { light: '#b3261e', dark: '#ff9086' }],
  onBad: ['fill', { light: '#ffffff', dark: '#2a0907' }],
  wait: ['stroke', { light: '#8a5200', dark: '#f0b455' }],
  waitText: ['fill', { light: '#8a5200', dark: '#f0b455' }],
};

/** The graph of a run's last state as a stand-alone SVG, at the places that it has on the page. */
export function svgGraph(trace: Trace, options: SvgOptions = {}): string {
  const { program, steps, scenario } = trace;
  const state = stateAt(trace, steps.length);
  const deeds = steps.map((s): Deed => ({
    program,
    task: s.task,
    step: s.step,
    events: s.events,
    violations: s.violations,
  }));
  const graph = toGraph(program, state, layOutStage(program), { badges: badgesOf(deeds) });
  const box = boundsOf(graph);
  const title = scenario.title || 'A run of the VFIO playground';
  const parts = [
    ...graph.zones.map(zoneMark),
    ...graph.edges.map(edgeMark),
    ...graph.nodes.map(nodeMark),
    ...graph.edges.map(tagMark),
    ...graph.nodes.map(badgeMark),
  ].filter((mark) => mark !== '');
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.x} ${box.y} ${box.width} ${box.height}" width="${box.width}" height="${box.height}" role="img" aria-labelledby="title desc">
<title id="title">${xml(title)}</title>
<desc id="desc">${xml(altText(trace))}</desc>
${makeSvgScenario(xmlText(scenarioFile(trace)))}
<style>${styleOf(options.theme ?? 'auto')}</style>
<rect class="paper" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}"/>
<text class="ink title" x="${box.x + MARGIN}" y="${box.y + 27}">${xml(title)}</text>
${parts.join('\n')}
<text class="ink2" x="${box.x + MARGIN}" y="${box.y + box.height - 10}">${xml(`${program.design.title}, after ${steps.length} steps; simulated by vfio-playground`)}</text>
</svg>
`;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function boundsOf({ nodes, zones, edges }: Graph): Box {
  const rects = [...nodes.map(({ place }) => place), ...zones];
  const xs = rects.flatMap(({ x, width }) => [x, x + width]);
  const ys = [
    ...rects.flatMap(({ y, height }) => [y, y + height]),
    ...edges.flatMap(({ labelAt }) => [labelAt.y]),
  ];
  const left = Math.min(...xs) - MARGIN;
  const top = Math.min(...ys) - TITLE - 8;
  return {
    x: left,
    y: top,
    width: Math.max(...xs) + MARGIN - left,
    height: Math.max(...ys) + MARGIN + FOOT - top,
  };
}

function styleOf(theme: 'light' | 'dark' | 'auto'): string {
  const rules = (side: keyof Pair): string =>
    Object.entries(PAINTS)
      .map(([name, [property, pair]]) => `.${name}{${property}:${pair[side]}}`)
      .join('');
  const colours =
    theme === 'light'
      ? rules('light')
      : theme === 'dark'
        ? rules('dark')
        : `${rules('light')}@media (prefers-color-scheme:dark){${rules('dark')}}`;
  return `text{font:11px ui-monospace,Menlo,Consolas,monospace}.title{font-size:16px;font-weight:700}.name{font-size:12px;font-weight:700}.small{font-size:10px}.tiny{font-size:9px}.name.tiny{font-size:10px}.tiniest{font-size:9px}.struck{text-decoration:line-through}.end{text-anchor:end}.mid{text-anchor:middle}.tie{fill:none}.halo{paint-order:stroke;stroke-width:4px}${colours}`;
}

function zoneMark({ title, x, y, width, height }: Zone): string {
  const at = `${n(x + NAME - 5)} ${n(y + height / 2)}`;
  return `<rect class="band" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="8"/><text class="ink2 small mid" transform="translate(${at}) rotate(-90)">${xml(title.toUpperCase())}</text>`;
}

/** What paints an edge: by what it means, as in the legend of the page. */
function toneOf(edge: EdgeView): {
  readonly stroke: string;
  readonly text: string;
  readonly dash: string;
  readonly width: number;
} {
  if (edge.dangling || edge.circle)
    return {
      stroke: 'bad',
      text: 'badText',
      dash: edge.dangling ? '3 4' : '',
      width: edge.circle ? 4 : 1.8,
    };
  switch (edge.style) {
    case 'reference':
    case 'fd':
      return { stroke: 'strong', text: 'ink2', dash: '', width: 2.2 };
    case 'member':
      return { stroke: 'line', text: 'ink2', dash: '1 4', width: 1.6 };
    case 'embedded':
      return { stroke: 'line', text: 'ink2', dash: '9 3', width: 1.4 };
    case 'fops':
      return edge.target === 'fops:parked'
        ? { stroke: 'parked', text: 'parkedText', dash: '6 4', width: 2.2 }
        : { stroke: 'normal', text: 'normalText', dash: '', width: 2.2 };
    case 'wait':
      return { stroke: 'wait', text: 'waitText', dash: '8 5', width: 2.4 };
    case 'hold':
      return { stroke: 'wait', text: 'waitText', dash: '', width: 3 };
    case 'use':
      return { stroke: 'bad', text: 'badText', dash: '', width: 3 };
    case 'pointer':
      return { stroke: 'line', text: 'ink2', dash: '', width: 1.4 };
  }
}

const FILLED: ReadonlySet<Head> = new Set(['full', 'diamond', 'dot', 'arrow']);

function edgeMark(edge: EdgeView): string {
  const tone = toneOf(edge);
  const { end, labelAt } = edge;
  const label = `${edge.label}${edge.dangling ? ', freed' : ''}`;
  const dash = tone.dash === '' ? '' : ` stroke-dasharray="${tone.dash}"`;
  return (
    `<g><title>${xml(`${bare(edge.source)}: ${label} to ${bare(edge.target)}`)}</title><path class="tie ${tone.stroke}" stroke-width="${tone.width}"${dash} d="${edge.path}"/>` +
    (edge.circle && edge.middle
      ? `<path class="${tone.text} ${tone.stroke}" stroke-width="1.5" d="${placedHead('arrow', edge.middle)}"/>`
      : '') +
    `<path class="${FILLED.has(headOf(edge)) ? tone.text : 'tie'} ${tone.stroke}" stroke-width="1.5" d="${placedHead(headOf(edge), end)}"/>` +
    `${edge.dangling ? `<text class="${tone.text} small mid" x="${n(labelAt.x)}" y="${n(labelAt.y + 3)}">${xml(label)}</text>` : ''}</g>`
  );
}

/** The words of waits, holds and uses: on tags over everything else. */
function tagMark(edge: EdgeView): string {
  if (!isAct(edge)) return '';
  const {
    label,
    labelAt: { x, y },
  } = edge;
  const tone = toneOf(edge);
  const width = label.length * SMALL_LETTER + 12;
  return `<g><rect class="sheet ${tone.stroke}" x="${n(x - width / 2)}" y="${n(y - 8)}" width="${n(width)}" height="16" rx="8"/><text class="${tone.text} small mid" x="${n(x)}" y="${n(y + 3.5)}">${xml(label)}</text></g>`;
}

function nodeMark(node: NodeView): string {
  const { x, y, width, height } = node.place;
  const frame = (look: string, dash = ''): string =>
    `<rect class="sheet ${look}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="6"${dash}/>`;
  const chip = (title: string, look: string, second: string): string =>
    headText(title, look, x, y + 15, width) +
    line(second, 'ink2 small', x + PAD, y + 28, width - 2 * PAD);
  switch (node.kind) {
    case 'object':
      return `<g>${frame(node.ghost ? 'bad' : node.access === 'parked' ? 'parked' : node.access === 'normal' ? 'normal' : 'strong', node.ghost ? ' stroke-dasharray="4 3"' : '')}${objectText(node)}</g>`;
    case 'process':
      return `<g>${frame('strong')}${processText(node)}</g>`;
    case 'node':
      return `<g>${frame('line')}${chip(node.path.slice(node.path.lastIndexOf('/') + 1), 'ink', node.path.slice(0, node.path.lastIndexOf('/') + 1))}</g>`;
    case 'fold':
      return `<g>${frame('strong')}${headText(`group ${node.group}`, 'ink', x, y + 15, width)}${node.devices.map((device, i) => line(device.name, 'ink2', x + PAD, y + HEADER + i * ROW + 11, width - 2 * PAD)).join('')}</g>`;
    case 'fops':
      return `<g>${frame(node.table)}${chip(node.gated ? `gate ${node.table === 'parked' ? 'closed' : 'open'}` : `${node.table} fops`, `${node.table}Text`, node.admits.replaceAll(',', ''))}</g>`;
  }
}

/** Refusals and broken rules hang at their node as on the page, between the rows; the first speaks for the rest, which its tip tells. */
function badgeMark(node: NodeView): string {
  const [box] = badgeBox(node);
  const [first] = node.badges;
  if (!box || !first) return '';
  const violation = first.kind === 'violation';
  const more = node.badges.length > 1 ? `+${node.badges.length - 1}` : '';
  const room =
    box.width - 2 * PAD - first.title.length * NAME_LETTER - 6 - more.length * NAME_LETTER;
  const look = violation ? 'onBad' : 'badText';
  const title =
    (first.title.length + 1 + more.length) * NAME_LETTER > box.width - 2 * PAD ? 'small' : 'name';
  const text =
    room < 4 * SMALL_LETTER
      ? ''
      : first.text.length * SMALL_LETTER <= room
        ? first.text
        : `${first.text.slice(0, Math.floor(room / SMALL_LETTER) - 1)}…`;
  const base = n(box.y + 13);
  return (
    `<g><title>${xml(node.badges.map((badge) => `${badge.title} ${badge.text}`).join('; '))}</title><rect class="${violation ? 'badText' : 'sheet'} bad" x="${n(box.x)}" y="${n(box.y)}" width="${n(box.width)}" height="${n(box.height - 2)}" rx="4"/>` +
    `<text class="${look} ${title}" x="${n(box.x + PAD)}" y="${base}">${xml(first.title)}</text>` +
    (text === ''
      ? ''
      : `<text class="${look} small" x="${n(box.x + PAD + first.title.length * NAME_LETTER + 6)}" y="${base}">${xml(text)}</text>`) +
    `${more === '' ? '' : `<text class="${look} name end" x="${n(box.x + box.width - PAD)}" y="${base}">${more}</text>`}</g>`
  );
}

/** The title of a node: in one size, or the smaller one in which it stands whole. */
function headText(
  title: string,
  look: string,
  x: number,
  y: number,
  width: number,
  taken = 0,
): string {
  const room = width - 2 * PAD - taken;
  const size =
    title.length * NAME_LETTER <= room
      ? 'name'
      : title.length * 0.6 * 10 <= room
        ? 'name tiny'
        : 'name tiniest';
  return `<text class="${look} ${size}" x="${n(x + PAD)}" y="${n(y)}">${xml(title)}</text>`;
}

function objectText(view: ObjectView): string {
  const { x, y, width, height } = view.place;
  const room = roomOf(height);
  const gate =
    view.access === undefined
      ? ''
      : view.gated
        ? view.access === 'normal'
          ? 'gate open'
          : 'gate closed'
        : `${view.access} fops`;
  const rows = view.shown.flatMap((name) => view.rows.filter((row) => row.name === name));
  const more = view.rows.length - rows.length;
  const right = gate !== '' ? gate : view.ghost ? 'freed' : view.type;
  const fits = view.title.length * NAME_LETTER + 6 + right.length * SMALL_LETTER <= width - 2 * PAD;
  const head =
    headText(
      view.title,
      view.ghost ? 'ink2 struck' : 'ink',
      x,
      y + (rows.length === 0 && room === 1 ? height / 2 + 4 : 15),
      width,
    ) +
    (fits || view.ghost
      ? `<text class="${gate === '' ? (view.ghost ? 'badText' : 'ink2') : `${view.access ?? ''}Text`} small end${fits ? '' : ' halo paper-line'}" x="${n(x + width - PAD)}" y="${n(fits ? y + 15 : y + 2)}">${xml(right)}</text>`
      : '');
  const tip = `<title>${xml(`struct ${view.type} ${view.title}${more > 0 ? `, ${more} more fields` : ''}`)}</title>`;
  let top = y + HEADER - (room === 1 ? 4 : 0);
  return (
    tip +
    head +
    rows
      .map((row) => {
        const { lines, below, named } = settingOf(row, room);
        const base = top + (lines === 2 ? 12 : 11);
        top += lines * ROW;
        const end = (text: string, look: string, at: number): string =>
          `<text class="${look} end" x="${n(x + width - PAD)}" y="${n(at)}">${xml(text)}</text>`;
        const held = row.kind === 'mutex' && row.owner !== undefined;
        const queue =
          row.queue.length === 0
            ? ''
            : named || lines === 2
              ? `◂ ${row.queue.map(({ name }) => name).join(' ◂ ')}`
              : `◂ ${row.queue.length}`;
        const look = held ? 'waitText' : 'ink';
        const first = line(row.name, 'ink2 small', x + PAD, base, width - 2 * PAD);
        if (lines === 1 && queue === '')
          return (
            first +
            end(valueIn(row, width - 2 * PAD - row.name.length * SMALL_LETTER - 5), look, base)
          );
        if (lines === 1)
          return first + end([valueOf(row), queue].filter(Boolean).join(' '), look, base);
        if (below)
          return first + end([valueOf(row), queue].filter(Boolean).join(' '), look, base + 14);
        return first + end(valueOf(row), look, base) + end(queue, 'waitText', base + 14);
      })
      .join('')
  );
}

/** A value in so many px: of a lock that is held, at least who holds it. */
function valueIn(row: Row, room: number): string {
  const whole = valueOf(row);
  if (whole.length * LETTER <= room || !row.owner) return whole;
  const { name } = row.owner;
  return `by ${name}`.length * LETTER <= room ? `by ${name}` : name;
}

function valueOf(row: Row): string {
  if (row.kind === 'mutex') return row.owner ? `held by ${row.owner.name}` : 'free';
  if (row.kind === 'bool') return row.text === '0' ? 'false' : 'true';
  return row.text;
}

function processText(view: ProcessView): string {
  const { x, y, width } = view.place;
  const alone = view.tasks.length === 1;
  const lines: { readonly text: string; readonly look: string }[] = view.tasks.flatMap((task) => {
    const { name, text } = callLine(task, alone);
    const call = name === undefined ? text : `${name} ${text}`;
    const waits = task.status === 'waiting';
    return [
      { text: `${waits ? '◂ ' : ''}${call}`, look: waits ? 'waitText' : 'ink' },
      { text: task.brief, look: waits ? 'waitText small' : 'ink2 small' },
    ];
  });
  const fds = view.fds.map((fd) => fd.name);
  if (!view.driver)
    lines.push(...inLines(fds, width - 2 * PAD).map((text) => ({ text, look: 'ink2 small' })));
  // A long fd table takes the line of a task that does nothing.
  const told =
    lines.length > roomOf(view.place.height) ? lines.filter(({ text }) => text !== '') : lines;
  return (
    headText(view.title, 'ink', x, y + 15, width) +
    told
      .map((each, i) =>
        each.text === ''
          ? ''
          : line(each.text, each.look, x + PAD, y + HEADER + i * ROW + 11, width - 2 * PAD),
      )
      .join('')
  );
}

/** The names of fds in as many lines as they need. */
function inLines(fds: readonly string[], room: number): readonly string[] {
  if (fds.length === 0) return ['no fd open'];
  const lines: string[] = [];
  for (const fd of fds) {
    const last = lines.at(-1);
    if (last !== undefined && (last.length + 1 + fd.length) * SMALL_LETTER <= room)
      lines[lines.length - 1] = `${last} ${fd}`;
    else lines.push(lines.length === 0 ? `fds: ${fd}` : fd);
  }
  return lines;
}

/** A line of text: a step smaller where it would not fit otherwise, and if that is not enough, as far as there is room and whole in its tip. */
function line(text: string, look: string, x: number, y: number, room: number): string {
  const small = look.includes('small') || text.length * LETTER > room;
  const tiny = small && text.length * SMALL_LETTER > room;
  const most = Math.max(1, Math.floor(room / (tiny ? TINY_LETTER : small ? SMALL_LETTER : LETTER)));
  const shown = text.length <= most ? text : `${text.slice(0, most - 1)}…`;
  const size = tiny ? ' tiny' : small && !look.includes('small') ? ' small' : '';
  return `<text class="${look}${size}" x="${n(x)}" y="${n(y)}">${shown === text ? '' : `<title>${xml(text)}</title>`}${xml(shown)}</text>`;
}

function bare(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** A number as short as a picture needs it. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
