import type { CSSProperties, ReactNode } from 'react';
import { AccessBadge } from './nodes/AccessBadge';
import edges from './edges/Edges.module.css';
import { LockIcon } from './nodes/LockIcon';
import { KindIcon, type KindIconName } from '../controls/KindIcon';
import { SymbolIcon } from '../controls/SymbolIcon';
import styles from './Legend.module.css';
import { ProcessMark } from '../controls/ProcessMark';
import { processColourAt } from '../controls/processColour';
import { useSession } from '../useSession';
import { accessFlagOf, fopsTitle } from '../../graph/model/accessText';
import { currentSnapshot } from '../../session/trace/replay';
import { edgeSamples, type EdgeSample as Sample } from '../../graph/routing/edgeSamples';
import { ARROW_HEAD_BY_STYLE, ARROW_HEADS } from '../../graph/routing/arrowHeads';

const NODE_KINDS: readonly (readonly [KindIconName, string])[] = [
  ['process', 'process'],
  ['file', 'struct file'],
  ['deviceNode', 'device node in /dev'],
  ['fops', 'file operations'],
  ['device', 'device'],
  ['group', 'group or set'],
  ['context', 'context'],
  ['translation', 'iommufd object'],
  ['hardware', 'IOMMU group'],
];

/** What the symbols of the stage mean, in the words of the design. */
export function LegendList() {
  const accessFlag = useSession((state) => accessFlagOf(currentSnapshot(state).program.model));
  return (
    <div className={styles.legend}>
      <LegendSection title="Nodes" className={styles.nodes}>
        {NODE_KINDS.map(([glyph, text]) => (
          <LegendItem key={glyph} text={text}>
            <KindIcon glyph={glyph} size={16} />
          </LegendItem>
        ))}
      </LegendSection>
      <LegendSection title="Edges">
        {edgeSamples(accessFlag).map((sample) => (
          <LegendItem key={sample.text} text={sample.text}>
            <EdgeSample {...sample} />
          </LegendItem>
        ))}
      </LegendSection>
      <LegendSection title="Access through a file">
        <LegendItem text={`${fopsTitle(accessFlag, 'parked')}: only bind succeeds`}>
          <AccessBadge access="parked" accessFlag={accessFlag} />
        </LegendItem>
        <LegendItem text={`${fopsTitle(accessFlag, 'normal')}: calls reach the driver`}>
          <AccessBadge access="normal" accessFlag={accessFlag} />
        </LegendItem>
      </LegendSection>
      <LegendSection title="Locks">
        <LegendItem text="free">
          <LockIcon open />
        </LegendItem>
        <LegendItem text="held, with its owner">
          <span className={styles.held}>
            <LockIcon open={false} />
            <ProcessMark process={0} />
          </span>
        </LegendItem>
        <LegendItem text="contended: owner, then waiters in order">
          <span className={styles.contended}>
            <LockIcon open={false} />
            <ProcessMark process={0} />
            <SymbolIcon symbol="waiting" />
            <ProcessMark process={1} />
            <ProcessMark process={2} />
          </span>
        </LegendItem>
      </LegendSection>
      <LegendSection title="State">
        <LegendItem text="changed by the last step">
          <i className={styles.changed}>2</i>
        </LegendItem>
        <LegendItem text="waits, and what it waits for">
          <i className={styles.waiting}>
            <SymbolIcon symbol="waiting" /> waits
          </i>
        </LegendItem>
        <LegendItem text="freed, still pointed at">
          <i className={styles.freed}>freed</i>
        </LegendItem>
        <LegendItem text="refused: errno and reason">
          <i className={styles.refused}>-EBUSY</i>
        </LegendItem>
        <LegendItem text="a property is violated">
          <i className={styles.violated}>memory</i>
        </LegendItem>
      </LegendSection>
      <LegendSection title="Processes">
        <LegendItem text="one colour and shape each">
          <span className={styles.marks}>
            {[0, 1, 2, 3, 4, 5, 6, 7].map((process) => (
              <ProcessMark key={process} process={process} />
            ))}
          </span>
        </LegendItem>
        <LegendItem text="kernel side">
          <ProcessMark process={-1} />
        </LegendItem>
      </LegendSection>
      <p>Drawn with React Flow.</p>
    </div>
  );
}

function LegendSection({
  title,
  className,
  children,
}: {
  readonly title: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <section className={className}>
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

function EdgeSample({ style, head, fops }: Sample) {
  const arrowHead = head ?? ARROW_HEAD_BY_STYLE[style === 'dangling' ? 'pointer' : style];
  return (
    <svg width={56} height={14} viewBox="0 0 56 14" aria-hidden="true">
      <g
        className={edges.edge}
        data-style={style}
        data-fops={fops}
        style={{ '--process-colour': processColourAt(0) } as CSSProperties}
      >
        <path className={edges.line} d="M2,7 L50,7" />
        <path
          className={edges.head}
          data-head={arrowHead}
          d={ARROW_HEADS[arrowHead]}
          transform="translate(52 7)"
        />
      </g>
    </svg>
  );
}
