import type { CSSProperties, ReactNode } from 'react';
import { AccessChip } from './AccessChip';
import edges from './edge.module.css';
import { Padlock } from './FieldRow';
import type { EdgeStyle } from '../../graph/graph';
import { KindGlyph, type Glyph } from './KindGlyph';
import styles from './Legend.module.css';
import { markColour, ProcessMark } from './ProcessMark';
import { HEAD_OF, HEADS, type Head } from '../../graph/edgeHeads';

const KINDS: readonly (readonly [Glyph, string])[] = [
  ['process', 'process'],
  ['file', 'struct file'],
  ['node', 'node in /dev'],
  ['fops', 'file operations'],
  ['device', 'device'],
  ['group', 'group or set'],
  ['context', 'context'],
  ['translation', 'iommufd object'],
  ['hardware', 'IOMMU group'],
];

const LINES: readonly {
  readonly style: EdgeStyle | 'dangling';
  readonly head?: Head;
  readonly table?: string;
  readonly text: string;
}[] = [
  { style: 'pointer', text: 'pointer, counts nothing' },
  { style: 'reference', text: 'counted reference' },
  { style: 'member', text: 'member of a list or set' },
  { style: 'embedded', text: 'embedded in it' },
  { style: 'fops', table: 'parked', head: 'bar', text: 'f_op, parked: the driver is out of reach' },
  { style: 'fops', table: 'normal', text: 'f_op, normal: calls reach the driver' },
  { style: 'wait', text: 'a task waits for it' },
  { style: 'hold', text: 'it is held by a task' },
  { style: 'use', text: 'a task uses what is freed' },
  { style: 'dangling', head: 'cross', text: 'points at freed memory' },
];

/** What the signs of the stage mean. */
export function LegendList() {
  return (
    <div className={styles.legend}>
      <Part title="Things">
        {KINDS.map(([glyph, text]) => (
          <Item key={glyph} text={text}>
            <KindGlyph glyph={glyph} size={16} />
          </Item>
        ))}
      </Part>
      <Part title="Lines">
        {LINES.map((line) => (
          <Item key={line.text} text={line.text}>
            <Line {...line} />
          </Item>
        ))}
      </Part>
      <Part title="Access of a file">
        <Item text="refuses every call but bind">
          <AccessChip access="parked" gated={false} />
        </Item>
        <Item text="reaches the driver">
          <AccessChip access="normal" gated={false} />
        </Item>
        <Item text="f_op stays, a flag lets in">
          <AccessChip access="parked" gated />
        </Item>
        <Item text="the flag is set">
          <AccessChip access="normal" gated />
        </Item>
      </Part>
      <Part title="Locks">
        <Item text="free">
          <Padlock open />
        </Item>
        <Item text="held: who holds it">
          <span className={styles.held}>
            <Padlock open={false} />
            <ProcessMark process={0} />
          </span>
        </Item>
        <Item text="contended: who waits, first come first">
          <span className={styles.contended}>
            <Padlock open={false} />
            <ProcessMark process={0} />◂<ProcessMark process={1} />
            <ProcessMark process={2} />
          </span>
        </Item>
      </Part>
      <Part title="State">
        <Item text="the last step changed it">
          <i className={styles.changed}>2</i>
        </Item>
        <Item text="waits, and for what">
          <i className={styles.waiting}>◂ waits</i>
        </Item>
        <Item text="freed, still pointed at">
          <i className={styles.freed}>freed</i>
        </Item>
        <Item text="refused: errno and why">
          <i className={styles.refused}>-EBUSY</i>
        </Item>
        <Item text="a rule is broken">
          <i className={styles.violated}>memory</i>
        </Item>
      </Part>
      <Part title="Processes">
        <Item text="each its colour and shape">
          <span className={styles.marks}>
            {[0, 1, 2, 3, 4, 5, 6, 7].map((process) => (
              <ProcessMark key={process} process={process} />
            ))}
          </span>
        </Item>
        <Item text="the kernel's own">
          <ProcessMark process={-1} />
        </Item>
      </Part>
      <p>Drawn with React Flow.</p>
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>{children}</dl>
    </section>
  );
}

function Item({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{children}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function Line({ style, head, table }: (typeof LINES)[number]) {
  const end = head ?? HEAD_OF[style === 'dangling' ? 'pointer' : style];
  return (
    <svg width={56} height={14} viewBox="0 0 56 14" aria-hidden="true">
      <g
        className={edges.tie}
        data-style={style}
        data-table={table}
        style={{ '--who': markColour(0) } as CSSProperties}
      >
        <path className={edges.line} d="M2,7 L50,7" />
        <path className={edges.head} data-head={end} d={HEADS[end]} transform="translate(52 7)" />
      </g>
    </svg>
  );
}
