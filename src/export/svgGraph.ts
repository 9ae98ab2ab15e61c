import { badgesOf, type Deed } from '../graph/badges';
import { headOf, placedHead, type Head } from '../graph/edgeHeads';
import type { EdgeView, Graph, NodeView, ObjectView, ProcessView, Row } from '../graph/graph';
import { HEADER, ROW } from '../graph/lanes';
import { layOutStage, NAME, type Zone } from '../graph/layout';
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

/** A colour for light and one for dark paper. */
interface Pair { readonly light: string; readonly dark: string }

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
  wait: ['stroke', { light: '#8a5200', dark: '#f0b455' }],
  waitText: ['fill', { light: '#8a5200', dark: '#f0b455' }],
};

/** The graph of a run's last state as a stand-alone SVG, at the places that it has on the page. */
export function svgGraph(trace: Trace, options: SvgOptions = {}): string {
  const { program, steps, scenario } = trace;
  const state = stateAt(trace, steps.length);
  const deeds = steps.map((s): Deed => ({ program, task: s.task, step: s.step, events: s.events, violations: s.violations }));
  const graph = toGraph(program, state, layOutStage(program), { badges: badgesOf(deeds) });
  const box = boundsOf(graph);
  const title = scenario.title || 'A run of the VFIO playground';
  const parts = [...graph.zones.map(zoneMark), ...graph.edges.map(edgeMark), ...graph.nodes.map(nodeMark)];
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

interface Box { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

function boundsOf({ nodes, zones, edges }: Graph): Box {
  const rects = [...nodes.map(({ place }) => place), ...zones];
  const xs = rects.flatMap(({ x, width }) => [x, x + width]);
  const ys = [...rects.flatMap(({ y, height }) => [y, y + height]), ...edges.flatMap(({ labelAt }) => [labelAt.y])];
  const left = Math.min(...xs) - MARGIN;
  const top = Math.min(...ys) - TITLE - 8;
  return { x: left, y: top, width: Math.max(...xs) + MARGIN - left, height: Math.max(...ys) + MARGIN + FOOT - top };
}

function styleOf(theme: 'light' | 'dark' | 'auto'): string {
  const rules = (side: keyof Pair): string => Object.entries(PAINTS).map(([name, [property, pair]]) => `.${name}{${property}:${pair[side]}}`).join('');
  const colours = theme === 'light' ? rules('light') : theme === 'dark' ? rules('dark') : `${rules('light')}@media (prefers-color-scheme:dark){${rules('dark')}}`;
  return `text{font:11px ui-monospace,Menlo,Consolas,monospace}.title{font-size:16px;font-weight:700}.name{font-size:12px;font-weight:700}.small{font-size:10px}.end{text-anchor:end}.mid{text-anchor:middle}.tie{fill:none}.halo{paint-order:stroke;stroke-width:4px}${colours}`;
}

function zoneMark({ title, x, y, width, height }: Zone): string {
  const at = `${n(x + NAME - 5)} ${n(y + height / 2)}`;
  return `<rect class="band" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="8"/><text class="ink2 small mid" transform="translate(${at}) rotate(-90)">${xml(title.toUpperCase())}</text>`;
}

/** What paints an edge: by what it means, as in the legend of the page. */
function toneOf(edge: EdgeView): { readonly stroke: string; readonly text: string; readonly dash: string; readonly width: number } {
  if (edge.dangling || edge.circle) return { stroke: 'bad', text: 'badText', dash: edge.dangling ? '3 4' : '', width: edge.circle ? 4 : 1.8 };
  switch (edge.style) {
    case 'reference': case 'fd': return { stroke: 'strong', text: 'ink2', dash: '', width: 2.2 };
    case 'member': return { stroke: 'line', text: 'ink2', dash: '1 4', width: 1.6 };
    case 'embedded': return { stroke: 'line', text: 'ink2', dash: '9 3', width: 1.4 };
    case 'fops': return edge.target === 'fops:parked' ? { stroke: 'parked', text: 'parkedText', dash: '6 4', width: 2.2 } : { stroke: 'normal', text: 'normalText', dash: '', width: 2.2 };
    case 'wait': return { stroke: 'wait', text: 'waitText', dash: '8 5', width: 2.4 };
    case 'hold': return { stroke: 'wait', text: 'waitText', dash: '', width: 3 };
    case 'pointer': return { stroke: 'line', text: 'ink2', dash: '', width: 1.4 };
  }
}

const FILLED: ReadonlySet<Head> = new Set(['full', 'diamond', 'dot']);

function edgeMark(edge: EdgeView): string {
  const tone = toneOf(edge);
  const { end, labelAt } = edge;
  const told = edge.dangling || edge.circle || edge.style === 'wait' || edge.style === 'hold';
  const label = `${edge.label}${edge.dangling ? ', freed' : ''}${edge.circle ? ', in a circle' : ''}`;
  const dash = tone.dash === '' ? '' : ` stroke-dasharray="${tone.dash}"`;
  return `<g><title>${xml(`${bare(edge.source)}: ${label} to ${bare(edge.target)}`)}</title><path class="tie ${tone.stroke}" stroke-width="${tone.width}"${dash} d="${edge.path}"/>`
    + `<path class="${FILLED.has(headOf(edge)) ? tone.text : 'tie'} ${tone.stroke}" stroke-width="1.5" d="${placedHead(headOf(edge), end)}"/>`
    + `${told ? `<text class="${tone.text} small mid" x="${n(labelAt.x)}" y="${n(labelAt.y + 3)}">${xml(label)}</text>` : ''}</g>`;
}

function nodeMark(node: NodeView): string {
  const { x, y, width, height } = node.place;
  const frame = (look: string, dash = ''): string => `<rect class="sheet ${look}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="6"${dash}/>`;
  const badges = node.badges.map((badge, i) => `<g><title>${xml(badge.text)}</title><text class="badText name end" x="${n(x + width)}" y="${n(y - 5 - 14 * i)}">${xml(badge.title)}</text></g>`).join('');
  switch (node.kind) {
    case 'object': return `<g>${frame(node.ghost ? 'bad' : node.access === 'parked' ? 'parked' : node.access === 'normal' ? 'normal' : 'strong', node.ghost ? ' stroke-dasharray="4 3"' : '')}${objectText(node)}${badges}</g>`;
    case 'process': return `<g>${frame('strong')}${processText(node)}${badges}</g>`;
    case 'node': return `<g>${frame('line')}${line(node.path, 'ink name', x + 7, y + 21, width - 14)}${badges}</g>`;
    case 'fold': return `<g>${frame('strong')}${line(`group ${node.group}`, 'ink name', x + 7, y + 15, width - 14)}${node.devices.map((device, i) => line(device.name, 'ink2', x + 7, y + HEADER + i * ROW * 2 + 11, width - 14)).join('')}${badges}</g>`;
    case 'fops': return `<g>${frame(node.table)}${line(node.gated ? `gate ${node.table === 'parked' ? 'closed' : 'open'}` : `${node.table} fops`, `${node.table}Text name`, x + 7, y + 15, width - 14)}${line(node.admits, 'ink2 small', x + 7, y + 28, width - 14)}</g>`;
  }
}

function objectText(view: ObjectView): string {
  const { x, y, width } = view.place;
  const gate = view.access === undefined ? '' : view.gated ? (view.access === 'normal' ? 'gate open' : 'gate closed') : `${view.access} fops`;
  const rows = view.rows.filter(row => view.shown.includes(row.name));
  const room = width - 14;
  const more = view.rows.length - rows.length;
  const title = clip(view.title, room - gate.length * 6);
  const right = gate === '' ? `${view.ghost ? 'freed ' : ''}${view.type}` : gate;
  const left = room - title.length * 7.2 - 6;
  const head = line(view.title, 'ink name', x + 7, y + 15, room - gate.length * 6)
    + (left < 24 ? '' : `<text class="${gate === '' ? 'ink2' : `${view.access ?? ''}Text`} small end" x="${n(x + width - 7)}" y="${n(y + 15)}">${xml(clip(right, left))}</text>`);
  const tip = `<title>${xml(`struct ${view.type} ${view.title}${more > 0 ? `, ${more} more fields` : ''}`)}</title>`;
  return tip + head + rows.map((row, i) => {
    const base = y + HEADER + i * ROW + (view.place.height < HEADER + ROW ? 7 : 11);
    const shown = clip(valueOf(row), room * 0.72);
    return `${line(row.name, 'ink2', x + 7, base, room - shown.length * 6.6 - 6)}<text class="${row.kind === 'mutex' && row.owner ? 'waitText' : 'ink'} end" x="${n(x + width - 7)}" y="${n(base)}">${xml(shown)}</text>`;
  }).join('');
}

function valueOf(row: Row): string {
  const queue = row.queue.length === 0 ? '' : ` < ${row.queue.map(({ name }) => name).join(', ')}`;
  if (row.kind === 'mutex') return `${row.owner ? `held by ${row.owner.name}` : 'free'}${queue}`;
  if (row.kind === 'bool') return row.text === '0' ? 'false' : 'true';
  return row.text + queue;
}

function processText(view: ProcessView): string {
  const { x, y, width } = view.place;
  const lines: { readonly text: string; readonly look: string }[] = view.tasks.flatMap(task => [
    { text: `${view.tasks.length > 1 ? `${task.mark.name}: ` : ''}${task.status === 'done' ? 'has made all its calls' : task.status === 'waiting' ? `${task.call} waits` : task.call}`, look: task.status === 'waiting' ? 'waitText' : 'ink' },
    ...(task.detail === '' ? [] : [{ text: task.detail, look: 'ink2 small' }]),
  ]);
  const fds = view.fds.map(fd => fd.name).join(' ');
  if (!view.driver) lines.push({ text: fds === '' ? 'no fd open' : `fds: ${fds}`, look: 'ink2 small' });
  return line(view.title, 'ink name', x + 7, y + 15, width - 14)
    + lines.map((each, i) => line(each.text, each.look, x + 7, y + HEADER + i * ROW + 11, width - 14)).join('');
}

/** A line of text as far as there is room, whole in its tip. */
function line(text: string, look: string, x: number, y: number, room: number): string {
  const shown = clip(text, room);
  return `<text class="${look}" x="${n(x)}" y="${n(y)}">${shown === text ? '' : `<title>${xml(text)}</title>`}${xml(shown)}</text>`;
}

function clip(text: string, room: number): string {
  const most = Math.max(1, Math.floor(room / 6.7));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function bare(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** A number as short as a picture needs it. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
