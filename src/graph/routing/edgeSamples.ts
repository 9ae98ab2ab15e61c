import type { EdgeStyle } from '../model/graph';
import type { ArrowHead } from './arrowHeads';

/** A kind of edge, and what it means. */
export interface EdgeSample {
  readonly style: EdgeStyle | 'dangling';
  readonly head?: ArrowHead;
  readonly fops?: 'parked' | 'normal';
  readonly text: string;
}

/** The kinds of edge, in the order of a legend. `head` is given where the style does not decide it. */
export const EDGE_SAMPLES: readonly EdgeSample[] = [
  { style: 'pointer', text: 'pointer without a reference' },
  { style: 'reference', text: 'counted reference' },
  { style: 'member', text: 'member of a list or set' },
  { style: 'embedded', text: 'embedded struct' },
  {
    style: 'fops',
    fops: 'parked',
    head: 'bar',
    text: 'f_op, parked: calls cannot reach the driver',
  },
  { style: 'fops', fops: 'normal', text: 'f_op, normal: calls reach the driver' },
  { style: 'wait', text: 'a task waits for it' },
  { style: 'hold', text: 'held by a task' },
  { style: 'use', text: 'a task uses freed memory' },
  { style: 'dangling', head: 'cross', text: 'points at freed memory' },
];
