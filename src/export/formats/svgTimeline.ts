import { callErrorText } from '../../kernel/language/errno';
import { currentCall, currentWait, inCall, initialState, step } from '../../kernel/machine/machine';
import { waitText } from '../../kernel/machine/describeEvent';
import { designName, modifiedDesignText } from '../../kernel/language/design';
import type { ProgramCall } from '../../kernel/compiler/program';
import { callExpression } from '../../scenario/format/callText';
import { makeSvgScenario } from '../../scenario/format/svgScenario';
import type { Trace, TraceStep } from '../../scenario/run/trace';
import { altText } from '../altText';
import type { Export, ExportOptions } from '../export';
import { stackLabels, type PlacedLabel } from '../labelRows';
import { escapeXml, replaceInvalidXml } from '../xml';
import { scenarioFileText } from './scenarioFile';

/** The export `svg`. */
export const svgTimelineExport: Export = {
  id: 'svg',
  title: 'Timeline as SVG',
  extension: 'svg',
  order: 50,
  make: svgTimeline,
};

const STEP_WIDTH = 14;
const LEFT_MARGIN = 110;
const RIGHT_MARGIN = 16;
const TOP_MARGIN = 40;
const BAR_HEIGHT = 18;
const ROW_HEIGHT = 14;
const LANE_GAP = 16;
/** Maximum character width of the generic monospaced fonts at 11 px. */
const CHAR_WIDTH = 6.7;
/** Size of the mark before the name of a violation. */
const MARK_WIDTH = 12;
const LIGHT_STYLE =
  '.p{fill:#fff}.h{stroke:#fff}.t{fill:#1b1f24}.m{fill:#57606a}.g{stroke:#d0d7de}.l{stroke:#8c959f}.c{fill:#ddf4ff;stroke:#0969da}.e{fill:#ffebe9;stroke:#cf222e}.w{stroke:#9a6700;fill:#fff8c5}.wt{fill:#7d4e00}.x{fill:#cf222e}.s{fill:#0969da}.f{fill:#1a7f37}';
const DARK_STYLE =
  '.p{fill:#0d1117}.h{stroke:#0d1117}.t{fill:#e6edf3}.m{fill:#9ea7b3}.g{stroke:#30363d}.l{stroke:#6e7681}.c{fill:#0c2d6b;stroke:#58a6ff}.e{fill:#490202;stroke:#ff7b72}.w{stroke:#d29922;fill:#341a00}.wt{fill:#e3b341}.x{fill:#ff7b72}.s{fill:#58a6ff}.f{fill:#56d364}';

/** A run as a stand-alone SVG: a lane per task, calls as bars with their names above, steps as marks, waits dashed, violations named below, and a legend. */
export function svgTimeline(trace: Trace, options: ExportOptions = {}): string {
  const { program, steps } = trace;
  const theme = options.theme ?? 'auto';
  const style =
    theme === 'light'
      ? LIGHT_STYLE
      : theme === 'dark'
        ? DARK_STYLE
        : `${LIGHT_STYLE}@media (prefers-color-scheme:dark){${DARK_STYLE}}`;
  const lanes = lanesOf(trace);
  const legend = legendOf(trace, lanes);
  const title = trace.scenario.title || 'A run of the VFIO playground';
  const note = modifiedDesignText(program.design);
  const footer = `${designName(program.design, program.options)}${note === undefined ? '' : `, ${note}`}, ${steps.length} steps; simulated by vfio-playground`;
  const width = Math.ceil(
    Math.max(
      xOf(Math.max(20, steps.length)) + RIGHT_MARGIN,
      14 + title.length * 7.4 + RIGHT_MARGIN,
      legend.width + RIGHT_MARGIN,
      14 + footer.length * CHAR_WIDTH + RIGHT_MARGIN,
      ...lanes.flatMap(({ names, violations }) =>
        [...names, ...violations].map((label) => label.x + label.width + RIGHT_MARGIN),
      ),
    ),
  );
  const parts: string[] = [];
  let y = TOP_MARGIN;
  for (const lane of lanes) {
    parts.push(...drawLane(lane, y, width));
    y += heightOf(lane) + LANE_GAP;
  }
  const height = y + ROW_HEIGHT * 2 + 8;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${escapeXml(title)}</title>
<desc id="desc">${escapeXml(altText(trace, options.property))}</desc>
${program.design.modified ? '' : makeSvgScenario(replaceInvalidXml(scenarioFileText(trace)))}
<style>text{font:11px ui-monospace,Menlo,Consolas,monospace}.b{font-weight:700}.o{paint-order:stroke;stroke-width:2px}.d{stroke-dasharray:5 3}${style}</style>
<rect class="p" width="${width}" height="${height}"/>
<text class="t b" x="14" y="22">${escapeXml(title)}</text>
${parts.join('\n')}
<g transform="translate(14 ${y + 4})">${legend.parts.join('')}</g><text class="m" x="14" y="${height - 8}">${escapeXml(footer)}</text>
</svg>
`;
}

/** One task: its calls with their labels in rows above, its violations in rows below. */
interface Lane {
  readonly name: string;
  readonly bars: readonly Bar[];
  readonly steps: readonly TraceStep[];
  readonly names: readonly PlacedLabel[];
  readonly violations: readonly PlacedLabel[];
}

interface Bar {
  readonly label: string;
  readonly failed: boolean;
  readonly x: number;
  readonly width: number;
  /** Intervals in which the call waits. */
  readonly waits: readonly { readonly x: number; readonly width: number; readonly for: string }[];
}

function xOf(stepIndex: number): number {
  return LEFT_MARGIN + stepIndex * STEP_WIDTH;
}

function lanesOf(trace: Trace): readonly Lane[] {
  const { program, steps } = trace;
  const waits = waitsOf(trace);
  const lanes = program.tasks.map((task): Lane => {
    const ownSteps = steps.filter((s) => s.task === task.index);
    const bars = program.calls
      .filter((c) => c.task === task.index)
      .flatMap((call) => barOf(trace, call, waits.get(call.index) ?? []) ?? []);
    return {
      name: task.name,
      bars,
      steps: ownSteps,
      names: stackLabels(
        bars.map(({ label, x }) => ({ text: label, x, width: label.length * CHAR_WIDTH })),
      ),
      violations: stackLabels(
        ownSteps
          .filter((s) => s.violations.length > 0)
          .map((s) => {
            const text = [...new Set(s.violations.map((v) => v.property))].join(', ');
            return { text, x: xOf(s.index), width: MARK_WIDTH + text.length * CHAR_WIDTH };
          }),
      ),
    };
  });
  return lanes.filter(
    (lane, i) => lane.steps.length > 0 || program.calls.some((c) => c.task === i),
  );
}

function barOf(
  { program, steps }: Trace,
  call: ProgramCall,
  waits: readonly WaitInterval[],
): Bar | undefined {
  const own = steps.filter(
    (s) => s.step.call === call.index && !isFlush(program.tasks[s.task]?.name),
  );
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last) return undefined;
  const events = own.flatMap((s) => s.events);
  const returned = events.find((e) => e.template.kind === 'return');
  const errno = returned ? call.errnos[returned.value - 1] : undefined;
  const blocked = waits.find((w) => w.to === undefined);
  const result = events.some((e) => e.template.kind === 'skip')
    ? ' skipped'
    : errno !== undefined
      ? ` = ${callErrorText(errno)}`
      : blocked
        ? ` is still blocked: waits for ${blocked.for}`
        : '';
  const end = blocked ? steps.length : last.index + 1;
  return {
    label: `${callExpression(call.call)}${result}`,
    failed: errno !== undefined,
    x: xOf(first.index),
    width: xOf(end) - xOf(first.index) - 3,
    waits: waits.map((w) => ({
      x: xOf(w.from) - 3,
      width: Math.max(STEP_WIDTH - 3, xOf(w.to ?? steps.length) - xOf(w.from)),
      for: w.for,
    })),
  };
}

/** A store buffer's own task makes no calls. */
function isFlush(task: string | undefined): boolean {
  return task?.includes(':') === true;
}

/** From the step after which a call waits to the step with which it goes on; without `to` it never does. */
interface WaitInterval {
  readonly from: number;
  readonly to: number | undefined;
  readonly for: string;
}

function waitsOf({ program, schedule }: Trace): ReadonlyMap<number, readonly WaitInterval[]> {
  const intervals = new Map<number, readonly WaitInterval[]>();
  const open = new Map<number, { from: number; for: string; call: number }>();
  const close = (task: number, to: number | undefined): void => {
    const wait = open.get(task);
    if (!wait) return;
    open.delete(task);
    const { from, call } = wait;
    intervals.set(call, [...(intervals.get(call) ?? []), { from, to, for: wait.for }]);
  };
  const state = initialState(program);
  schedule.forEach((moved, index) => {
    close(moved, index);
    step(program, state, moved);
    for (const { index: task } of program.tasks) {
      const wait = inCall(program, state, task) ? currentWait(program, state, task) : undefined;
      if (!wait || open.has(task)) continue;
      const call = currentCall(program, state, task)?.index ?? -1;
      open.set(task, { from: index + 1, for: waitText(program, wait), call });
    }
  });
  for (const { index: task } of program.tasks)
    close(task, currentWait(program, state, task) ? undefined : schedule.length);
  return intervals;
}

function rowsIn(labels: readonly PlacedLabel[]): number {
  return labels.reduce((rows, { row }) => Math.max(rows, row + 1), 0);
}

function heightOf({ names, violations }: Lane): number {
  return Math.max(1, rowsIn(names)) * ROW_HEIGHT + BAR_HEIGHT + rowsIn(violations) * ROW_HEIGHT;
}

function drawLane(lane: Lane, top: number, width: number): string[] {
  const barTop = top + Math.max(1, rowsIn(lane.names)) * ROW_HEIGHT;
  const middle = barTop + BAR_HEIGHT / 2;
  const parts = [
    `<line class="g" x1="${LEFT_MARGIN}" y1="${middle}" x2="${width - RIGHT_MARGIN}" y2="${middle}"/><text class="t b" x="14" y="${middle + 4}">${escapeXml(lane.name)}</text>`,
  ];
  // Lines to the labels of upper rows lie behind all labels.
  for (const { x, row } of lane.names)
    if (row > 0)
      parts.push(
        `<line class="l" x1="${x}" y1="${barTop - row * ROW_HEIGHT - 3}" x2="${x}" y2="${barTop}"/>`,
      );
  for (const { x, row } of lane.violations)
    if (row > 0)
      parts.push(
        `<line class="l" x1="${x + 5.5}" y1="${barTop + BAR_HEIGHT}" x2="${x + 5.5}" y2="${barTop + BAR_HEIGHT + row * ROW_HEIGHT + 3}"/>`,
      );
  lane.bars.forEach((bar, i) => {
    const name = lane.names[i];
    parts.push(
      `<g><title>${escapeXml(bar.label)}</title><rect class="${bar.failed ? 'e' : 'c'}" x="${bar.x}" y="${barTop}" width="${bar.width}" height="${BAR_HEIGHT}" rx="4"/>${bar.waits
        .map(
          (w) =>
            `<rect class="w d" x="${w.x}" y="${barTop}" width="${w.width}" height="${BAR_HEIGHT}"><title>${escapeXml(`waits for ${w.for}`)}</title></rect>`,
        )
        .join('')}${
        name
          ? `<text class="${bar.label.includes(' is still blocked') ? 'wt' : 't'} h o" x="${name.x}" y="${barTop - 5 - name.row * ROW_HEIGHT}">${escapeXml(name.text)}</text>`
          : ''
      }</g>`,
    );
  });
  for (const traceStep of lane.steps)
    parts.push(stepMark(traceStep, xOf(traceStep.index) + (STEP_WIDTH - 3) / 2, middle));
  for (const { text, x, row } of lane.violations) {
    const y = barTop + BAR_HEIGHT + row * ROW_HEIGHT;
    parts.push(
      `<path class="x" d="M${x + 5.5} ${y + 2}l4.5 8h-9z"/><text class="x h o" x="${x + MARK_WIDTH}" y="${y + 11}">${escapeXml(text)}</text>`,
    );
  }
  return parts;
}

function stepMark(traceStep: TraceStep, cx: number, cy: number): string {
  const { step: made, texts, violations, events } = traceStep;
  const tip = `<title>${escapeXml(`${made.id}: ${[...texts, ...violations.map((v) => `${v.property}: ${v.text}`)].join('; ')}`)}</title>`;
  return `<g>${tip}${MARKS[markOf(events)].draw(cx, cy)}</g>`;
}

type MarkKind = 'step' | 'failure' | 'fops';

function markOf(events: TraceStep['events']): MarkKind {
  if (events.some((e) => e.template.kind === 'fail')) return 'failure';
  return events.some((e) => e.template.kind === 'fops') ? 'fops' : 'step';
}

interface Mark {
  readonly text: string;
  readonly draw: (cx: number, cy: number) => string;
}

const MARKS: Readonly<Record<MarkKind, Mark>> = {
  step: { text: 'step', draw: (cx, cy) => `<circle class="s" cx="${cx}" cy="${cy}" r="2.5"/>` },
  failure: {
    text: 'a check fails',
    draw: (cx, cy) =>
      `<path class="x" d="M${cx - 5} ${cy - 3.5}l1.5-1.5 8.5 8.5-1.5 1.5zM${cx + 3.5} ${cy - 5}l1.5 1.5-8.5 8.5-1.5-1.5z"/>`,
  },
  fops: {
    text: 'access changes',
    draw: (cx, cy) => `<rect class="f" x="${cx - 4}" y="${cy - 4}" width="8" height="8"/>`,
  },
};

const CALL_SAMPLE = (look: string) => (cx: number, cy: number) =>
  `<rect class="${look}" x="${cx - 6}" y="${cy - 5}" width="12" height="10" rx="3"/>`;
const VIOLATION_MARK: Mark = {
  text: 'a property is violated',
  draw: (cx, cy) => `<path class="x" d="M${cx} ${cy - 5}l4.5 8h-9z"/>`,
};

/** What the marks of this run mean, in one line. */
function legendOf(
  { steps }: Trace,
  lanes: readonly Lane[],
): { readonly parts: readonly string[]; readonly width: number } {
  const kinds = new Set(steps.map((s) => markOf(s.events)));
  const bars = lanes.flatMap((lane) => lane.bars);
  const items: readonly Mark[] = [
    ...(bars.some((b) => !b.failed) ? [{ text: 'call', draw: CALL_SAMPLE('c') }] : []),
    ...(bars.some((b) => b.failed) ? [{ text: 'call that fails', draw: CALL_SAMPLE('e') }] : []),
    ...(bars.some((b) => b.waits.length > 0) ? [{ text: 'waits', draw: CALL_SAMPLE('w d') }] : []),
    ...(['step', 'failure', 'fops'] as const)
      .filter((kind) => kinds.has(kind))
      .map((kind) => MARKS[kind]),
    ...(lanes.some((lane) => lane.violations.length > 0) ? [VIOLATION_MARK] : []),
  ];
  let x = 0;
  const parts = items.map(({ text, draw }) => {
    const part = `${draw(x + 6, 6)}<text class="m" x="${x + 18}" y="10">${text}</text>`;
    x += 18 + text.length * CHAR_WIDTH + 16;
    return part;
  });
  return { parts, width: 14 + x };
}
