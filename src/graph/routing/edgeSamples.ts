import { fopsTitle, type AccessFlag } from '../model/accessText';
import type { EdgeStyle } from '../model/graph';
import type { ArrowHead } from './arrowHeads';

/** A kind of edge, and what it means. */
export interface EdgeSample {
  readonly style: EdgeStyle | 'dangling';
  readonly head?: ArrowHead;
  readonly fops?: 'parked' | 'normal';
  readonly text: string;
}

/** The kinds of edge in the order of a legend, in the words of a design with this access flag. `head` is given where the style does not decide it. */
export function edgeSamples(accessFlag: AccessFlag | undefined): readonly EdgeSample[] {
  const fops = (table: 'parked' | 'normal'): string =>
    accessFlag ? fopsTitle(accessFlag, table) : `f_op, ${table}`;
  return [
    { style: 'pointer', text: 'pointer without a reference' },
    { style: 'reference', text: 'counted reference' },
    { style: 'member', text: 'member of a list or set' },
    { style: 'embedded', text: 'embedded struct' },
    {
      style: 'fops',
      fops: 'parked',
      head: 'bar',
      text: `${fops('parked')}: calls cannot reach the driver`,
    },
    { style: 'fops', fops: 'normal', text: `${fops('normal')}: calls reach the driver` },
    { style: 'wait', text: 'a task waits for it' },
    { style: 'hold', text: 'held by a task' },
    { style: 'use', text: 'a task uses freed memory' },
    { style: 'dangling', head: 'cross', text: 'points at freed memory' },
  ];
}
