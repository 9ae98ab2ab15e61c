import type { Graph } from '../graph/model/graph';
import { ARROW_HEAD_BY_STYLE, arrowHeadPath } from '../graph/routing/arrowHeads';
import type { AccessFlag } from '../graph/model/accessText';
import { edgeSamples, type EdgeSample } from '../graph/routing/edgeSamples';
import type { Rect } from '../graph/layout/geometry';
import { FOOTER_LINE_HEIGHT, MARGIN } from './graphDocument';
import { CHAR_WIDTH, edgePaint, FILLED_HEADS } from './svgPaint';
import { escapeXml } from './xml';

const SAMPLE_WIDTH = 44;
const ITEM_GAP = 18;

/** The edges of some graphs with their meaning, in lines of at most `width` px. */
export function legendLines(
  graphs: readonly Graph[],
  width: number,
  accessFlag: AccessFlag | undefined,
): readonly (readonly EdgeSample[])[] {
  const shown = new Set(graphs.flatMap(({ edges }) => edges.map(sampleKeyOf)));
  const lines: EdgeSample[][] = [];
  let x = Infinity;
  for (const sample of edgeSamples(accessFlag)) {
    if (!shown.has(`${sample.style} ${sample.fops ?? ''}`)) continue;
    const wide = itemWidth(sample);
    if (x + wide > width - 2 * MARGIN) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)?.push(sample);
    x += wide;
  }
  return lines;
}

/** The lines of a legend at the bottom of a document; its last one is line `above`, counted from the bottom. */
export function drawLegend(
  lines: readonly (readonly EdgeSample[])[],
  box: Rect,
  above: number,
): readonly string[] {
  return lines.flatMap((samples, i) => {
    const y = box.y + box.height - 14 - (above + lines.length - 1 - i) * FOOTER_LINE_HEIGHT;
    let x = box.x + MARGIN;
    return samples.map((sample) => {
      const drawn = drawSample(sample, x, y);
      x += itemWidth(sample);
      return drawn;
    });
  });
}

function sampleKeyOf(edge: Graph['edges'][number]): string {
  if (edge.dangling) return 'dangling ';
  const fops = edge.style === 'fops' ? (edge.target === 'fops:parked' ? 'parked' : 'normal') : '';
  return `${edge.style === 'fd' ? 'reference' : edge.style} ${fops}`;
}

function itemWidth({ text }: EdgeSample): number {
  return SAMPLE_WIDTH + 6 + text.length * CHAR_WIDTH + ITEM_GAP;
}

function drawSample({ style, head, fops, text }: EdgeSample, x: number, y: number): string {
  const dangling = style === 'dangling';
  const paint = edgePaint({
    style: dangling ? 'pointer' : style,
    target: `fops:${fops ?? ''}`,
    dangling,
    inCycle: false,
    process: 0,
  });
  const arrow = head ?? ARROW_HEAD_BY_STYLE[dangling ? 'pointer' : style];
  const dash = paint.dash === '' ? '' : ` stroke-dasharray="${paint.dash}"`;
  const end = { x: x + SAMPLE_WIDTH - 2, y, dx: 1, dy: 0 };
  return (
    `<g><path class="edge ${paint.stroke}" stroke-width="${paint.width}"${dash} d="M${x} ${y}h${SAMPLE_WIDTH - 6}"/>` +
    `<path class="${FILLED_HEADS.has(arrow) ? paint.text : 'edge'} ${paint.stroke}" stroke-width="1.5" d="${arrowHeadPath(arrow, end)}"/>` +
    `<text class="ink2" x="${x + SAMPLE_WIDTH + 6}" y="${y + 4}">${escapeXml(text)}</text></g>`
  );
}
