import type { CSSProperties, ReactNode } from 'react';
import { AccessBadge } from './nodes/AccessBadge';
import edges from './edges/Edges.module.css';
import { LockIcon } from './nodes/FieldRow';
import type { EdgeStyle } from '../../graph/model/graph';
import { KindIcon, type KindIconName } from '../controls/KindIcon';
import styles from './Legend.module.css';
import { processColourAt, ProcessMark } from '../controls/ProcessMark';
import { ARROW_HEAD_BY_STYLE, ARROW_HEADS, type ArrowHead } from '../../graph/routing/arrowHeads';

const NODE_KINDS: readonly (readonly [KindIconName, string])[] = [
  ['process', 'process'],
  ['file', 'struct file'],
  ['deviceNode', 'node in /dev'],
  ['fops', 'file operations'],
  ['device', 'device'],
  ['group', 'group or set'],
  ['context', 'context'],
  ['translation', 'iommufd object'],
  ['hardware', 'IOMMU group'],
];

const EDGE_SAMPLES: readonly {
  readonly style: EdgeStyle | 'dangling';
  readonly head?: ArrowHead;
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
      <LegendSection title="Things">
        {NODE_KINDS.map(([glyph, text]) => (
          <LegendItem key={glyph} text={text}>
            <KindIcon glyph={glyph} size={16} />
          </LegendItem>
        ))}
      </LegendSection>
      <LegendSection title="Lines">
        {EDGE_SAMPLES.map((line) => (
          <LegendItem key={line.text} text={line.text}>
            <EdgeSample {...line} />
          </LegendItem>
        ))}
      </LegendSection>
      <LegendSection title="Access of a file">
        <LegendItem text="refuses every call but bind">
          <AccessBadge access="parked" gated={false} />
        </LegendItem>
        <LegendItem text="reaches the driver">
          <AccessBadge access="normal" gated={false} />
        </LegendItem>
        <LegendItem text="f_op stays, a flag lets in">
          <AccessBadge access="parked" gated />
        </LegendItem>
        <LegendItem text="the flag is set">
          <AccessBadge access="normal" gated />
        </LegendItem>
      </LegendSection>
      <LegendSection title="Locks">
        <LegendItem text="free">
          <LockIcon open />
        </LegendItem>
        <LegendItem text="held: who holds it">
          <span className={styles.held}>
            <LockIcon open={false} />
            <ProcessMark process={0} />
          </span>
        </LegendItem>
        <LegendItem text="contended: who waits, first come first">
          <span className={styles.contended}>
            <LockIcon open={false} />
            <ProcessMark process={0} />◂<ProcessMark process={1} />
            <ProcessMark process={2} />
          </span>
        </LegendItem>
      </LegendSection>
      <LegendSection title="State">
        <LegendItem text="the last step changed it">
          <i className={styles.changed}>2</i>
        </LegendItem>
        <LegendItem text="waits, and for what">
          <i className={styles.waiting}>◂ waits</i>
        </LegendItem>
        <LegendItem text="freed, still pointed at">
          <i className={styles.freed}>freed</i>
        </LegendItem>
        <LegendItem text="refused: errno and why">
          <i className={styles.refused}>-EBUSY</i>
        </LegendItem>
        <LegendItem text="a rule is broken">
          <i className={styles.violated}>memory</i>
        </LegendItem>
      </LegendSection>
      <LegendSection title="Processes">
        <LegendItem text="each its colour and shape">
          <span className={styles.marks}>
            {[0, 1, 2, 3, 4, 5, 6, 7].map((process) => (
              <ProcessMark key={process} process={process} />
            ))}
          </span>
        </LegendItem>
        <LegendItem text="the kernel's own">
          <ProcessMark process={-1} />
        </LegendItem>
      </LegendSection>
      <p>Drawn with React Flow.</p>
    </div>
  );
}

function LegendSection({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>{children}</dl>
    </section>
  );
}

function LegendItem({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{children}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function EdgeSample({ style, head, table }: (typeof EDGE_SAMPLES)[number]) {
  const end = head ?? ARROW_HEAD_BY_STYLE[style === 'dangling' ? 'pointer' : style];
  return (
    <svg width={56} height={14} viewBox="0 0 56 14" aria-hidden="true">
      <g
        className={edges.tie}
        data-style={style}
        data-table={table}
        style={{ '--who': processColourAt(0) } as CSSProperties}
      >
        <path className={edges.line} d="M2,7 L50,7" />
        <path
          className={edges.head}
          data-head={end}
          d={ARROW_HEADS[end]}
          transform="translate(52 7)"
        />
      </g>
    </svg>
  );
}
