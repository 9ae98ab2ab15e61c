import { useMemo, type ReactNode } from 'react';
import { useNodeId } from '@xyflow/react';
import { fieldText, counterHolders } from '../../../kernel/machine/describeEvent';
import { currentSnapshot, type Snapshot } from '../../../session/trace/replay';
import { PopoverButton } from '../../controls/PopoverButton';
import { useSession } from '../../useSession';
import type { FieldView } from '../../../graph/model/graph';
import { useNodeState } from '../viewStates';
import styles from './node.module.css';

/** A count that opens to who holds it, in words. */
export function HoldersPopup({
  row,
  children,
}: {
  readonly row: FieldView;
  readonly children: ReactNode;
}) {
  const { controlsTabbable: reachable } = useNodeState(useNodeId() ?? '');
  return (
    <PopoverButton
      skipInTabOrder={!reachable}
      className={styles.opener}
      popoverClassName={styles.popup}
      label={`Holders of ${row.name}`}
      buttonLabel={`${row.name} ${row.text}: who holds it?`}
      content={<HolderList row={row} />}
    >
      {children}
    </PopoverButton>
  );
}

function HolderList({ row }: { readonly row: FieldView }) {
  const frame = useSession(currentSnapshot);
  const { title, lines } = useMemo(() => holdersText(frame, row), [frame, row]);
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
function holdersText(
  { program, state }: Snapshot,
  row: FieldView,
): { readonly title: string; readonly lines: readonly string[] } {
  const field = program.fields[row.index ?? -1];
  if (!field) return { title: row.name, lines: [] };
  const slot = program.objects[field.object];
  const spec = slot?.spec.fields[field.name];
  const counted = spec?.kind === 'completion' ? slot?.fields[spec.counter] : field.index;
  const now = counted === undefined ? [] : counterHolders(program, state, counted);
  const lines = now.map(
    ({ name, label: why, weight }) => `${name}: ${why}${weight === 1 ? '' : ` (${weight})`}`,
  );
  const count = counted === undefined ? '' : fieldText(program, state, counted);
  const title =
    spec?.kind === 'completion'
      ? row.text === 'done'
        ? `${field.title} is done`
        : `${field.title} comes when ${spec.counter} (${count}) is 0`
      : `${field.title} is ${count}`;
  const unknown =
    Number(count) > 0 ? 'No law of this design says who holds it.' : 'Nobody holds it.';
  return { title, lines: lines.length > 0 ? lines : [unknown] };
}
