import type { Export, ExportOptions } from '../export';
import { makeSvgScenario } from '../../scenario/format/svgScenario';
import type { Trace } from '../../scenario/run/trace';
import { altText } from '../altText';
import { scenarioFileText } from './scenarioFile';
import { callExpression } from '../../scenario/format/callText';
import { escapeXml, replaceInvalidXml } from '../xml';

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
const LANE_HEIGHT = 58;
const TOP_MARGIN = 44;
/** Left and right of a label in its bar, px. */
const LABEL_PADDING = 3;
/** Maximum character width of the generic monospaced fonts at 11 px. */
const CHAR_WIDTH = 6.7;
const LIGHT_STYLE =
  '.p{fill:#fff}.t{fill:#1b1f24}.m{fill:#57606a}.g{stroke:#d0d7de}.c{fill:#ddf4ff;stroke:#0969da}.e{fill:#ffebe9;stroke:#cf222e}.x{fill:#cf222e}.s{fill:#0969da}.f{fill:#1a7f37}';
const DARK_STYLE =
  '.p{fill:#0d1117}.t{fill:#e6edf3}.m{fill:#9ea7b3}.g{stroke:#30363d}.c{fill:#0c2d6b;stroke:#58a6ff}.e{fill:#490202;stroke:#ff7b72}.x{fill:#ff7b72}.s{fill:#58a6ff}.f{fill:#56d364}';

/** A run as a stand-alone SVG: a lane per task, calls as bars, steps as dots, failures, fops swaps and violations as marks. */
export function svgTimeline(trace: Trace, options: ExportOptions = {}): string {
  const { program, steps } = trace;
  const theme = options.theme ?? 'auto';
  const style =
    theme === 'light'
      ? LIGHT_STYLE
      : theme === 'dark'
        ? DARK_STYLE
        : `${LIGHT_STYLE}@media (prefers-color-scheme:dark){${DARK_STYLE}}`;
  const tasks = program.tasks.filter(
    (t) => steps.some((s) => s.task === t.index) || program.calls.some((c) => c.task === t.index),
  );
  const width = LEFT_MARGIN + Math.max(20, steps.length) * STEP_WIDTH + 30;
  const height = TOP_MARGIN + tasks.length * LANE_HEIGHT + 24;
  const x = (step: number): number => LEFT_MARGIN + step * STEP_WIDTH;
  const parts: string[] = [];
  tasks.forEach((task, lane) => {
    const y = TOP_MARGIN + lane * LANE_HEIGHT;
    parts.push(
      `<line class="g" x1="${LEFT_MARGIN}" y1="${y + 38}" x2="${width - 14}" y2="${y + 38}"/><text class="t b" x="14" y="${y + 36}">${escapeXml(task.name)}</text>`,
    );
    for (const call of program.calls.filter((c) => c.task === task.index)) {
      const callSteps = steps.filter((s) => s.step.call === call.index);
      const first = callSteps[0];
      const last = callSteps.at(-1);
      if (!first || !last) continue;
      const returned = callSteps.flatMap((s) => s.events).find((e) => e.template.kind === 'return');
      const errno = returned ? call.errnos[returned.value - 1] : undefined;
      const barWidth = (last.index - first.index + 1) * STEP_WIDTH - 3;
      const label = `${callExpression(call.call)}${errno === undefined ? '' : ` = -${errno}`}`;
      const shown = fittingLabel(
        Math.floor((barWidth - 2 * LABEL_PADDING) / CHAR_WIDTH),
        errno === undefined
          ? [label, call.call.call]
          : [label, `${call.call.call} = -${errno}`, `-${errno}`],
      );
      parts.push(
        `<g><title>${escapeXml(label)}</title><rect class="${errno === undefined ? 'c' : 'e'}" x="${x(first.index)}" y="${y + 14}" width="${barWidth}" height="34" rx="4"/><text class="t" x="${x(first.index) + LABEL_PADDING}" y="${y + 27}">${escapeXml(shown)}</text></g>`,
      );
    }
    for (const traceStep of steps.filter((each) => each.task === task.index))
      parts.push(stepMark(traceStep, x(traceStep.index) + (STEP_WIDTH - 3) / 2, y + 39));
  });
  const title = trace.scenario.title || 'A run of the VFIO playground';
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${escapeXml(title)}</title>
<desc id="desc">${escapeXml(altText(trace))}</desc>
${makeSvgScenario(replaceInvalidXml(scenarioFileText(trace)))}
<style>text{font:11px ui-monospace,Menlo,Consolas,monospace}.b{font-weight:700}${style}</style>
<rect class="p" width="${width}" height="${height}"/>
<text class="t b" x="14" y="22">${escapeXml(title)}</text><text class="m" x="14" y="${height - 8}">${escapeXml(`${program.design.id}, ${steps.length} steps; simulated by vfio-playground`)}</text>
${parts.join('\n')}
</svg>
`;
}

/** The first label that fits into `room` characters, else a truncated last one; empty below 3 characters. */
function fittingLabel(room: number, labels: readonly string[]): string {
  const whole = labels.find((label) => label.length <= room);
  return whole ?? (room < 3 ? '' : `${(labels.at(-1) ?? '').slice(0, room - 1)}…`);
}

function stepMark(traceStep: Trace['steps'][number], cx: number, cy: number): string {
  const tip = `<title>${escapeXml(`${traceStep.step.id}: ${traceStep.texts.join('; ')}`)}</title>`;
  if (traceStep.violations.length > 0)
    return `<g>${tip}<path class="x" d="M${cx} ${cy - 12}l7 12h-14z"/></g>`;
  if (traceStep.events.some((e) => e.template.kind === 'fail'))
    return `<g>${tip}<path class="x" d="M${cx - 4} ${cy - 3}l3-3 8 8-3 3zM${cx + 4} ${cy - 6}l3 3-8 8-3-3z"/></g>`;
  if (traceStep.events.some((e) => e.template.kind === 'fops'))
    return `<g>${tip}<rect class="f" x="${cx - 4}" y="${cy - 4}" width="8" height="8"/></g>`;
  return `<g>${tip}<circle class="s" cx="${cx}" cy="${cy}" r="2.5"/></g>`;
}
