import { useMemo, type ReactNode } from 'react';
import { useNodeId } from '@xyflow/react';
import { fieldText, holders } from '../../kernel/describe';
import { currentFrame, type Frame } from '../../session/frame';
import { PopUp } from '../controls/PopUp';
import { useSession } from '../useSession';
import type { Row } from '../../graph/graph';
import { useNodeLook } from './looks';
import styles from './node.module.css';

/** A count that opens to who holds it, in words. */
export function Holders({ row, children }: { readonly row: Row; readonly children: ReactNode }) {
  const { entered: reachable } = useNodeLook(useNodeId() ?? '');
  return (
    <PopUp
      untabbed={!reachable}
      className={styles.opener}
      popupClassName={styles.popup}
      label={`Holders of ${row.name}`}
      buttonLabel={`${row.name} ${row.text}: who holds it?`}
      content={<HolderList row={row} />}
    >
      {children}
    </PopUp>
  );
}

function HolderList({ row }: { readonly row: Row }) {
  const frame = useSession(currentFrame);
  const { title, lines } = useMemo(() => answer(frame, row), [frame, row]);
  return (
    <>
      <h3 className={styles.popupTitle}>{title}</h3>
      <ul>
        {lines.map((line, i) => (
          <li key={`${i} ${line}`}>{line}</li>
        ))}
      </ul>
    </>
  );
}

/** Who holds a counter, or for a completion, whom it waits for. */
function answer(
  { program, state }: Frame,
  row: Row,
): { readonly title: string; readonly lines: readonly string[] } {
  const field = program.fields[row.field ?? -1];
  if (!field) return { title: row.name, lines: [] };
  const slot = program.objects[field.object];
  const spec = slot?.spec.fields[field.name];
  const counted = spec?.kind === 'completion' ? slot?.fields[spec.counts] : field.index;
  const now = counted === undefined ? [] : holders(program, state, counted);
  const lines = now.map(
    ({ name, why, weight }) => `${name}: ${why}${weight === 1 ? '' : ` (${weight})`}`,
  );
  const count = counted === undefined ? '' : fieldText(program, state, counted);
  const title =
    spec?.kind === 'completion'
      ? row.text === 'done'
        ? `${field.title} is done`
        : `${field.title} comes when ${spec.counts} (${count}) is 0`
      : `${field.title} is ${count}`;
  const unknown =
    Number(count) > 0 ? 'No law of this design says who holds it.' : 'Nobody holds it.';
  return { title, lines: lines.length > 0 ? lines : [unknown] };
}
